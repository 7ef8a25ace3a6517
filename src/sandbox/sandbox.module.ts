import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FulfillmentModule } from '../fulfillment/fulfillment.module.js';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { RenewalsModule } from '../renewals/renewals.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { SandboxAccounts } from './sandbox-accounts.js';
import { SandboxAnswers } from './sandbox-answers.js';
import { SandboxClaims } from './sandbox-claims.js';
import { SandboxClockController } from './sandbox-clock.controller.js';
import { SandboxClock } from './sandbox-clock.service.js';
import { SandboxWalletController } from './sandbox-wallet.controller.js';
import { SandboxWallet } from './sandbox-wallet.service.js';
import { SandboxWorker } from './sandbox-worker.js';

@Module({
  imports: [AuditModule, FulfillmentModule, PartnerApiModule, RenewalsModule, WalletsModule],
  controllers: [SandboxClockController, SandboxWalletController],
  providers: [SandboxAccounts, SandboxAnswers, SandboxClaims, SandboxClock, SandboxWallet, SandboxWorker],
  exports: [SandboxClock, SandboxWorker],
})
export class SandboxModule {}

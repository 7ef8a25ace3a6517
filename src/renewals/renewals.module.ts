import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { LeaseLifecycleModule } from '../leases/lease-lifecycle.module.js';
import { DemoClockModule } from '../demo-clock/demo-clock.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { RenewalBatch } from './renewal-batch.js';
import { RenewalsService } from './renewals.service.js';

@Module({
  imports: [AuditModule, LeaseLifecycleModule, DemoClockModule, WalletsModule],
  providers: [RenewalBatch, RenewalsService],
  exports: [RenewalsService],
})
export class RenewalsModule {}

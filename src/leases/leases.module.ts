import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { LeaseLifecycleModule } from './lease-lifecycle.module.js';
import { LeasedAccountsService } from './leased-accounts.service.js';
import { LeasesController } from './leases.controller.js';
import { LeasesService } from './leases.service.js';

@Module({
  imports: [AuditModule, LeaseLifecycleModule, PartnersModule, PartnerApiModule, WalletsModule],
  controllers: [LeasesController],
  providers: [LeasedAccountsService, LeasesService],
  exports: [LeaseLifecycleModule, LeasesService],
})
export class LeasesModule {}

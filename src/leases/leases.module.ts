import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { TrafficModule } from '../traffic/traffic.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { LeaseLifecycle } from './lease-lifecycle.js';
import { LeasedAccountsService } from './leased-accounts.service.js';
import { LeasesController } from './leases.controller.js';
import { LeasesService } from './leases.service.js';

@Module({
  imports: [AuditModule, PartnersModule, TrafficModule, WalletsModule],
  controllers: [LeasesController],
  providers: [LeaseLifecycle, LeasedAccountsService, LeasesService],
  exports: [LeaseLifecycle, LeasesService],
})
export class LeasesModule {}

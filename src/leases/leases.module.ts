import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { LeaseLifecycle } from './lease-lifecycle.js';
import { LeasesService } from './leases.service.js';

@Module({
  imports: [AuditModule, WalletsModule],
  providers: [LeaseLifecycle, LeasesService],
  exports: [LeaseLifecycle, LeasesService],
})
export class LeasesModule {}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { LeaseLifecycleModule } from '../leases/lease-lifecycle.module.js';
import { MovableClockModule } from '../movable-clock/movable-clock.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { RenewalBatch } from './renewal-batch.js';
import { RenewalsAheadService } from './renewals-ahead.service.js';
import { RenewalsService } from './renewals.service.js';

@Module({
  imports: [AuditModule, LeaseLifecycleModule, MovableClockModule, WalletsModule],
  providers: [RenewalBatch, RenewalsAheadService, RenewalsService],
  exports: [RenewalsAheadService, RenewalsService],
})
export class RenewalsModule {}

import { Module } from '@nestjs/common';
import { AccountPoolModule } from '../account-pool/account-pool.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EventsModule } from '../events/events.module.js';
import { RequestStateModule } from '../lease-requests/request-state.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { FulfillmentService } from './fulfillment.service.js';
import { ReplacementService } from './replacement.service.js';
import { RequestViewService } from './request-view.service.js';
import { ReviewService } from './review.service.js';

@Module({
  imports: [AccountPoolModule, AuditModule, EventsModule, LeasesModule, RequestStateModule, WalletsModule],
  providers: [FulfillmentService, RequestViewService, ReplacementService, ReviewService],
  exports: [FulfillmentService, RequestViewService, ReplacementService, ReviewService],
})
export class FulfillmentModule {}

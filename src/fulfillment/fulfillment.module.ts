import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { FulfillmentService } from './fulfillment.service.js';
import { FulfilmentViewService } from './fulfilment-view.service.js';
import { QueueService } from './queue.service.js';
import { RequestNotes } from './request-notes.js';
import { ReviewService } from './review.service.js';

@Module({
  imports: [AuditModule, LeasesModule, WalletsModule],
  providers: [FulfillmentService, FulfilmentViewService, QueueService, RequestNotes, ReviewService],
  exports: [FulfillmentService, FulfilmentViewService, QueueService, ReviewService],
})
export class FulfillmentModule {}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FulfillmentModule } from '../fulfillment/fulfillment.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { TrafficModule } from '../traffic/traffic.module.js';
import { LeaseRequestsController } from './lease-requests.controller.js';
import { LeaseRequestsService } from './lease-requests.service.js';
import { PartnerReviewController } from './partner-review.controller.js';
import { PartnerReviewService } from './partner-review.service.js';

@Module({
  imports: [AuditModule, FulfillmentModule, PartnersModule, TrafficModule],
  controllers: [LeaseRequestsController, PartnerReviewController],
  providers: [LeaseRequestsService, PartnerReviewService],
})
export class LeaseRequestsModule {}

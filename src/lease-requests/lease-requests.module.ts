import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { LeaseRequestsController } from './lease-requests.controller.js';
import { LeaseRequestsService } from './lease-requests.service.js';
import { PartnerReviewController } from './partner-review.controller.js';
import { PartnerReviewService } from './partner-review.service.js';
import { RequestStateModule } from './request-state.module.js';

@Module({
  imports: [AuditModule, PartnersModule, RequestStateModule, PartnerApiModule],
  controllers: [LeaseRequestsController, PartnerReviewController],
  providers: [LeaseRequestsService, PartnerReviewService],
})
export class LeaseRequestsModule {}

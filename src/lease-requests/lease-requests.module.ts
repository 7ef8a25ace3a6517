import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { TrafficModule } from '../traffic/traffic.module.js';
import { LeaseRequestsController } from './lease-requests.controller.js';
import { LeaseRequestsService } from './lease-requests.service.js';

@Module({
  imports: [AuditModule, PartnersModule, TrafficModule],
  controllers: [LeaseRequestsController],
  providers: [LeaseRequestsService],
})
export class LeaseRequestsModule {}

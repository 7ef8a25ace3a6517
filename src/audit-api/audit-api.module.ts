import { Module } from '@nestjs/common';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogService } from './audit-log.service.js';

@Module({ imports: [PartnerApiModule], controllers: [AuditLogController], providers: [AuditLogService] })
export class AuditApiModule {}

import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { ExportLog } from './export-log.service.js';

@Module({ providers: [AuditService, ExportLog], exports: [AuditService, ExportLog] })
export class AuditModule {}

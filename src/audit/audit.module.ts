import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { ExportTrail } from './export-trail.service.js';

@Module({ providers: [AuditService, ExportTrail], exports: [AuditService, ExportTrail] })
export class AuditModule {}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AdmissionService } from './admission.service.js';
import { FailedAuthentications } from './failed-authentications.js';
import { IdempotencyService } from './idempotency.service.js';
import { PartnerKeyStrategy } from './partner-key.strategy.js';
import { RejectionAudit } from './rejection-audit.js';

@Module({
  imports: [AuditModule],
  providers: [AdmissionService, FailedAuthentications, IdempotencyService, PartnerKeyStrategy, RejectionAudit],
  exports: [IdempotencyService],
})
export class PartnerApiModule {}

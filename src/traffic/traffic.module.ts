import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AdmissionService } from './admission.js';
import { FailedAuthentications } from './failed-authentications.js';
import { Idempotency } from './idempotency.js';
import { PartnerKeyStrategy } from './partner-key.strategy.js';
import { RefusalTrail } from './refusal-trail.js';

/** What every partner call passes through. */
@Module({
  imports: [AuditModule],
  providers: [AdmissionService, FailedAuthentications, Idempotency, PartnerKeyStrategy, RefusalTrail],
  exports: [Idempotency],
})
export class TrafficModule {}

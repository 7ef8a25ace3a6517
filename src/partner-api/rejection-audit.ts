import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEventType } from '../audit/event-types.js';
import type { ErrorCode } from '../core/errors.js';
import type { CallId } from '../core/ids.js';
import type { Admission } from './admission.service.js';

const MIN_INTERVAL_MS = 60_000;
const MAX_ENTRIES = 10_000;

const eventTypeByCode: Partial<Record<ErrorCode, AuditEventType>> = {
  UNAUTHENTICATED: 'auth.key_rejected',
  FORBIDDEN_SCOPE: 'auth.scope_denied',
  RATE_LIMITED: 'auth.rate_limited',
};

/** Writes refused keys to the audit log, at most once a minute per key and reason and process, so that a flood of refused calls does not write. */
@Injectable()
export class RejectionAudit {
  private readonly recordedAt = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
  ) {}

  /** In the background: the call neither waits for it nor fails with it. */
  record(admission: Admission, callId: CallId): void {
    const { apiKeyId, organizationId, refusal } = admission;
    const type = refusal && eventTypeByCode[refusal.code];
    if (!type || !this.isDue(`${type} ${apiKeyId}`)) return;
    const caller = { kind: 'partner_api' as const, organizationId, apiKeyId, callId };
    const data = refusal.details ?? {};
    this.audit
      .record(this.dataSource.manager, caller, { type, organizationId, objectId: apiKeyId, data })
      .catch(() => undefined);
  }

  private isDue(typeAndKey: string): boolean {
    const now = performance.now();
    if (now - (this.recordedAt.get(typeAndKey) ?? -Infinity) < MIN_INTERVAL_MS) return false;
    if (this.recordedAt.size >= MAX_ENTRIES) this.recordedAt.clear();
    this.recordedAt.set(typeAndKey, now);
    return true;
  }
}

import type { CallId } from '../core/ids.js';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEventType } from '../audit/event-types.js';
import type { ErrorCode } from '../core/errors.js';
import type { Admission } from './admission.service.js';

const MIN_INTERVAL_MS = 60_000;
const MAX_REMEMBERED = 10_000;

const eventTypeByCode: Partial<Record<ErrorCode, AuditEventType>> = {
  UNAUTHENTICATED: 'auth.key_rejected',
  FORBIDDEN_SCOPE: 'auth.scope_denied',
  RATE_LIMITED: 'auth.rate_limited',
};

/** Writes refused keys on the trail: at most once a minute for a key and a reason in this process, so that a refused flood does not write. */
@Injectable()
export class RejectionAudit {
  private readonly notedAt = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
  ) {}

  /** The call does not wait for it, and goes on as it would where it fails. */
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

  private isDue(what: string): boolean {
    const now = performance.now();
    if (now - (this.notedAt.get(what) ?? -Infinity) < MIN_INTERVAL_MS) return false;
    if (this.notedAt.size >= MAX_REMEMBERED) this.notedAt.clear();
    this.notedAt.set(what, now);
    return true;
  }
}

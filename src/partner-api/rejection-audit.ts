import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEventType } from '../audit/event-types.js';
import { Clock } from '../core/clock.js';
import type { ErrorCode } from '../core/errors.js';
import type { CallId } from '../core/ids.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import type { Admission } from './admission.service.js';

const MIN_INTERVAL_MS = 60_000;
const MAX_ENTRIES = 10_000;
const MAX_WAITING = 1_000;

const eventTypeByCode: Partial<Record<ErrorCode, AuditEventType>> = {
  UNAUTHENTICATED: 'auth.key_rejected',
  FORBIDDEN_SCOPE: 'auth.scope_denied',
  RATE_LIMITED: 'auth.rate_limited',
};

/**
 * Writes refused keys to the audit log, at most once a minute per key and type in all processes together, so that a flood of refused
 * calls does not write. One at a time, so that it takes no more than one connection from the calls.
 */
@Injectable()
export class RejectionAudit implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RejectionAudit.name);
  /** By type and key, by `performance.now()`: what this process need not ask the database for. */
  private readonly recordedAt = new Map<string, number>();
  private waiting = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** In the background: the call neither waits for it nor fails with it. */
  record(admission: Admission, callId: CallId): void {
    const { apiKeyId, refusal } = admission;
    const type = refusal && eventTypeByCode[refusal.code];
    if (!type || this.waiting >= MAX_WAITING) return;
    const typeAndKey = `${type} ${apiKeyId}`;
    if (!this.isDue(typeAndKey)) return;
    this.waiting += 1;
    this.last = this.last
      .then(() => this.write(type, admission, callId))
      .catch((error: unknown) => {
        this.recordedAt.delete(typeAndKey);
        this.logger.error(error);
      })
      .finally(() => (this.waiting -= 1));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.idle();
  }

  /** Resolves when nothing waits to be written. */
  async idle(): Promise<void> {
    while (this.waiting > 0) await this.last;
  }

  private write(type: AuditEventType, admission: Admission, callId: CallId): Promise<void> {
    const { apiKeyId, organizationId, clockAheadMs, refusal } = admission;
    const caller = { kind: 'partner_api' as const, organizationId, apiKeyId, callId };
    const write = async (em: EntityManager) => {
      if (!(await tryLock(em, `${type} ${apiKeyId}`)) || (await this.isRecorded(em, type, apiKeyId))) return;
      const data = refusal?.details ?? {};
      await this.audit.record(em, caller, { type, organizationId, objectId: apiKeyId, data });
    };
    return this.clock.runAhead(clockAheadMs, () => this.transactions.run(write));
  }

  private async isRecorded(em: EntityManager, type: AuditEventType, apiKeyId: string): Promise<boolean> {
    const since = new Date(this.clock.now().getTime() - MIN_INTERVAL_MS);
    const found = await queryRow(
      em,
      sql`SELECT FROM audit_event WHERE object_id = ${apiKeyId} AND type = ${type} AND occurred_at > ${since} LIMIT 1`,
    );
    return found !== null;
  }

  private isDue(typeAndKey: string): boolean {
    const now = performance.now();
    if (now - (this.recordedAt.get(typeAndKey) ?? -Infinity) < MIN_INTERVAL_MS) return false;
    if (this.recordedAt.size >= MAX_ENTRIES) this.recordedAt.clear();
    this.recordedAt.set(typeAndKey, now);
    return true;
  }
}

/** Until the transaction ends; `false` where another process is writing the same. */
async function tryLock(em: EntityManager, typeAndKey: string): Promise<boolean> {
  const lock = await queryRow<{ taken: boolean }>(
    em,
    sql`SELECT pg_try_advisory_xact_lock(hashtextextended('refusals ' || ${typeAndKey}::text, 0)) AS taken`,
  );
  return lock!.taken;
}

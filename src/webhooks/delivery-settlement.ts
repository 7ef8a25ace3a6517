import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { SystemCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { DomainEvents, type DomainEventTypes } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { ClaimedDelivery } from './delivery-queue.js';
import { abandonPending, endpointColumns, toEndpointView, type EndpointRow } from './endpoint-rows.js';
import { getRetryDelayMs, parseRetryAfter } from './retry-schedule.js';
import type { DeliveryStatus, EndpointStatus } from './statuses.js';
import type { SendResult } from './webhook-client.js';

/** An attempt that is over. */
export interface Attempt extends SendResult {
  delivery: Pick<ClaimedDelivery, 'id' | 'endpointId' | 'eventType' | 'attempts'>;
  claim: string;
}

interface LockedEndpoint extends EndpointRow {
  deletedAt: Date | null;
}

interface EndpointOutcome {
  id: string;
  status: EndpointStatus;
  failures: number;
  hasSucceeded: boolean;
  hasFailed: boolean;
}

type DeliveryOutcome = DomainEventTypes['deliveriesSettled']['outcomes'][number];

const outcomeOf: Record<Exclude<DeliveryStatus, 'delivering'>, DeliveryOutcome> = {
  pending: 'retried',
  delivered: 'delivered',
  failed: 'failed',
  abandoned: 'abandoned',
};

const GONE = 410;
/** Failed attempts in a row after which nothing more is sent (contract: Webhooks). */
const MAX_FAILURES = 20;

/** Records the outcomes of attempts, and pauses and resumes endpoints by it. */
@Injectable()
export class DeliverySettlement {
  constructor(
    private readonly transactions: Transactions,
    private readonly recorder: EventRecorder,
    private readonly audit: AuditService,
    private readonly domainEvents: DomainEvents,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  /** An attempt whose claim has ended in the meantime changes nothing: another worker has it. */
  async settle(attempts: readonly Attempt[]): Promise<void> {
    await this.transactions.run(async (em) => {
      const endpoints = await lockEndpoints(em, attempts);
      const settled = await this.settleDeliveries(em, attempts, endpoints);
      const outcomes = [...endpoints.values()].map((endpoint) =>
        toOutcome(
          endpoint,
          settled.filter(({ delivery }) => delivery.endpointId === endpoint.id),
        ),
      );
      await this.saveOutcomes(em, outcomes);
      for (const outcome of outcomes) {
        const before = endpoints.get(outcome.id)!;
        if (outcome.status === before.status) continue;
        // Of a sandbox, these have its own time, unlike endpoints and deliveries.
        await this.organizationClock.run(before.organizationId, () => this.announce(em, before, outcome), em);
      }
    });
  }

  /** @returns those whose claim still stood, in their order */
  private async settleDeliveries(
    em: EntityManager,
    attempts: readonly Attempt[],
    endpoints: ReadonlyMap<string, LockedEndpoint>,
  ): Promise<Attempt[]> {
    const rows = attempts.map((attempt) => this.toRow(attempt, endpoints.get(attempt.delivery.endpointId)!));
    const updated = await queryRows<{ id: string; status: keyof typeof outcomeOf }>(
      em,
      sql`UPDATE webhook_delivery delivery
             SET status = attempt.status, claim = NULL, status_code = attempt."statusCode", error = attempt.error,
                 answer = attempt.answer, duration_ms = attempt."durationMs",
                 next_attempt_at = CASE WHEN attempt.status = 'pending' THEN now() + attempt."delayMs" * interval '1 millisecond' END,
                 delivered_at = CASE WHEN attempt.status = 'delivered' THEN ${this.clock.now()}::timestamptz END
            FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
                 AS attempt (id text, claim text, status text, "statusCode" integer, error text, answer text, "durationMs" integer, "delayMs" float8)
           WHERE delivery.id = attempt.id AND delivery.claim = attempt.claim
          RETURNING delivery.id, delivery.status`,
    );
    this.domainEvents.publish(em, 'deliveriesSettled', { outcomes: updated.map(({ status }) => outcomeOf[status]) });
    const ids = new Set(updated.map(({ id }) => id));
    return attempts.filter(({ delivery }) => ids.has(delivery.id));
  }

  private toRow(attempt: Attempt, endpoint: LockedEndpoint) {
    const { delivery, claim, statusCode, error, answer, durationMs } = attempt;
    const retryAfterMs = parseRetryAfter(attempt.retryAfter ?? undefined, this.clock.databaseNow());
    const delayMs = getRetryDelayMs(delivery.attempts, retryAfterMs);
    const status = getStatus(attempt, endpoint, delayMs);
    return { id: delivery.id, claim, statusCode, error, answer, durationMs, delayMs, status };
  }

  private async saveOutcomes(em: EntityManager, outcomes: readonly EndpointOutcome[]): Promise<void> {
    const now = this.clock.now();
    await queryRows(
      em,
      sql`UPDATE webhook_endpoint endpoint
             SET consecutive_failure_count = outcome.failures, status = outcome.status,
                 last_success_at = CASE WHEN outcome."hasSucceeded" THEN ${now}::timestamptz ELSE last_success_at END,
                 last_failure_at = CASE WHEN outcome."hasFailed" THEN ${now}::timestamptz ELSE last_failure_at END,
                 auto_paused_at = CASE WHEN outcome.status = 'auto_paused' THEN coalesce(auto_paused_at, ${now}::timestamptz) END,
                 next_probe_at = CASE WHEN outcome.status = 'auto_paused' THEN coalesce(next_probe_at, now() + interval '1 hour') END,
                 version = CASE WHEN outcome.status = endpoint.status THEN version ELSE version + 1 END,
                 updated_at = CASE WHEN outcome.status = endpoint.status THEN updated_at ELSE ${now}::timestamptz END
            FROM jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb)
                 AS outcome (id text, status text, failures integer, "hasSucceeded" boolean, "hasFailed" boolean)
           WHERE endpoint.id = outcome.id AND (outcome."hasSucceeded" OR outcome."hasFailed")`,
    );
  }

  /** Writes the audit log, and tells the organization's other endpoints of a pause. */
  private async announce(em: EntityManager, before: LockedEndpoint, after: EndpointOutcome): Promise<void> {
    const { id, organizationId, projectId } = before;
    const caller: SystemCaller = { kind: 'system', name: 'webhooks', callId: newId('req') };
    await this.audit.record(em, caller, {
      type: 'webhook_endpoint.updated',
      organizationId,
      ...(projectId !== null && { projectId }),
      objectId: id,
      data: { endpointId: id, status: after.status },
      internal: { before: { status: before.status }, after: { status: after.status, failures: after.failures } },
    });
    if (after.status !== 'auto_paused') return;
    await abandonPending(em, [id]);
    const [endpoint] = await queryRows<EndpointRow>(
      em,
      sql`SELECT ${endpointColumns} FROM webhook_endpoint WHERE id = ${id}`,
    );
    await this.recorder.record(em, {
      type: 'webhook_endpoint.auto_paused',
      organizationId,
      data: toEndpointView(endpoint!),
    });
  }
}

/** Before the rows of deliveries, and in the order of ids, as everywhere. */
async function lockEndpoints(em: EntityManager, attempts: readonly Attempt[]): Promise<Map<string, LockedEndpoint>> {
  const ids = [...new Set(attempts.map(({ delivery }) => delivery.endpointId))];
  const rows = await queryRows<LockedEndpoint>(
    em,
    sql`SELECT ${endpointColumns}, deleted_at AS "deletedAt" FROM webhook_endpoint WHERE id = ANY (${ids}::text[])
         ORDER BY id FOR NO KEY UPDATE`,
  );
  return new Map(rows.map((endpoint) => [endpoint.id, endpoint]));
}

/** An endpoint that was paused meanwhile gets no further attempt, and a test of a paused one none either. */
function getStatus(
  { statusCode, error, delivery }: Attempt,
  endpoint: LockedEndpoint,
  delayMs: number | null,
): DeliveryStatus {
  if (error === null) return 'delivered';
  if (delayMs === null || statusCode === GONE) return 'failed';
  const isActive = endpoint.status === 'active' && endpoint.deletedAt === null;
  if (isActive) return 'pending';
  return delivery.eventType === 'test.ping' ? 'failed' : 'abandoned';
}

/** @param attempts of this endpoint, in the order in which they ended */
function toOutcome(endpoint: LockedEndpoint, attempts: readonly Attempt[]): EndpointOutcome {
  let { status, consecutiveFailureCount: failures } = endpoint;
  for (const { statusCode, error, isOurFault } of attempts) {
    if (isOurFault) continue;
    failures = error === null ? 0 : failures + 1;
    if (error === null && status === 'auto_paused') status = 'active';
    if (status === 'active' && (statusCode === GONE || failures >= MAX_FAILURES)) status = 'auto_paused';
  }
  if (endpoint.deletedAt !== null) status = endpoint.status;
  return {
    ...{ id: endpoint.id, status, failures },
    hasSucceeded: attempts.some(({ error }) => error === null),
    hasFailed: attempts.some(({ error }) => error !== null),
  };
}

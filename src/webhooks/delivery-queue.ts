import type { EntityManager } from 'typeorm';
import type { EventType } from '../events/types.js';
import { literal, queryRows, sql } from '../core/sql.js';
import { MAX_ATTEMPTS } from './retry-schedule.js';

export interface ClaimedDelivery {
  id: string;
  endpointId: string;
  eventId: string;
  eventType: EventType;
  /** With this one. */
  attempts: number;
  body: string;
  url: string;
  sealedSecret: Buffer;
  /** While it signs too. */
  sealedPreviousSecret: Buffer | null;
  /** When it was due; by the database's clock. */
  dueAt: Date;
  /** The attempt before this one. */
  lastAttemptAt: Date | null;
}

export const CLAIM_BATCH_SIZE = 50;
/** Longer than an attempt and the wait until its outcome is recorded. */
const claimDuration = sql`interval '30 seconds'`;
/** Of one endpoint at a time; one while it fails, so that endpoints that hang do not take all there is. */
const MAX_IN_FLIGHT_PER_ENDPOINT = 4;
const isOpen = sql`status IN ('pending', 'delivering')`;

/**
 * Claims what is due, the oldest first: of each endpoint only as many as may be in flight, whoever sends the others. Nobody waits for a
 * lock; two processes that claim at the same moment may take as many each. A claim that has ended is taken again.
 * @param now business time
 * @param exceptEndpointIds those that are left to other processes
 */
export function claimDue(
  em: EntityManager,
  claim: string,
  now: Date,
  exceptEndpointIds: readonly string[],
): Promise<ClaimedDelivery[]> {
  return queryRows<ClaimedDelivery>(
    em,
    sql`WITH RECURSIVE waiting AS (
          (SELECT endpoint_id FROM webhook_delivery WHERE ${isOpen} ORDER BY endpoint_id LIMIT 1)
          UNION ALL
          SELECT (SELECT endpoint_id FROM webhook_delivery WHERE ${isOpen} AND endpoint_id > waiting.endpoint_id
                   ORDER BY endpoint_id LIMIT 1)
            FROM waiting WHERE waiting.endpoint_id IS NOT NULL
        ), due AS MATERIALIZED (
          SELECT delivery.id, delivery.next_attempt_at, delivery.attempted_at
            FROM waiting
            JOIN webhook_endpoint endpoint ON endpoint.id = waiting.endpoint_id AND endpoint.deleted_at IS NULL
             AND endpoint.id <> ALL (${exceptEndpointIds}::text[])
            JOIN organization ON organization.id = endpoint.organization_id AND organization.suspended_at IS NULL
           CROSS JOIN LATERAL (
             SELECT id, next_attempt_at, attempted_at FROM webhook_delivery
              WHERE endpoint_id = endpoint.id AND ${isOpen} AND next_attempt_at <= now() AND attempts < ${literal(MAX_ATTEMPTS)}
                AND (endpoint.status = 'active' OR event_type = 'test.ping')
              ORDER BY next_attempt_at, id
              LIMIT greatest(0, CASE WHEN endpoint.consecutive_failure_count = 0 THEN ${literal(MAX_IN_FLIGHT_PER_ENDPOINT)} ELSE 1 END
                     - (SELECT count(*) FROM webhook_delivery in_flight
                         WHERE in_flight.endpoint_id = endpoint.id AND in_flight.status = 'delivering' AND in_flight.next_attempt_at > now()))
                FOR UPDATE SKIP LOCKED) delivery
           ORDER BY delivery.next_attempt_at, delivery.id LIMIT ${literal(CLAIM_BATCH_SIZE)}
        )
        UPDATE webhook_delivery delivery
           SET status = 'delivering', claim = ${claim}, attempts = attempts + 1, attempted_at = ${now}, next_attempt_at = now() + ${claimDuration}
          FROM due, webhook_endpoint endpoint, event
         WHERE delivery.id = due.id AND endpoint.id = delivery.endpoint_id AND event.id = delivery.event_id
        RETURNING delivery.id, delivery.endpoint_id AS "endpointId", delivery.event_id AS "eventId", delivery.event_type AS "eventType", delivery.attempts, event.body,
                  endpoint.url, endpoint.sealed_secret AS "sealedSecret",
                  CASE WHEN endpoint.previous_secret_expires_at > ${now} THEN endpoint.sealed_previous_secret END AS "sealedPreviousSecret",
                  due.next_attempt_at AS "dueAt", due.attempted_at AS "lastAttemptAt"`,
  );
}

/** Makes claims undone of which nothing was sent: they use up no attempt, and are due for every process as they were. */
export async function giveBack(
  em: EntityManager,
  claim: string,
  deliveries: readonly Pick<ClaimedDelivery, 'id' | 'dueAt' | 'lastAttemptAt'>[],
): Promise<void> {
  const rows = deliveries.map(({ id, dueAt, lastAttemptAt }) => ({ id, dueAt, lastAttemptAt }));
  await queryRows(
    em,
    sql`UPDATE webhook_delivery delivery
           SET status = 'pending', claim = NULL, attempts = attempts - 1, attempted_at = unsent."lastAttemptAt", next_attempt_at = unsent."dueAt"
          FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS unsent (id text, "dueAt" timestamptz, "lastAttemptAt" timestamptz)
         WHERE delivery.id = unsent.id AND delivery.claim = ${claim}`,
  );
}

/**
 * Ends what nobody will send: of endpoints that were paused or deleted while an event of theirs was given its place, and what was
 * claimed for the last time by a process that died.
 */
export async function endLeftovers(em: EntityManager): Promise<void> {
  await queryRows(
    em,
    sql`UPDATE webhook_delivery SET status = CASE WHEN attempts < ${literal(MAX_ATTEMPTS)} THEN 'abandoned' ELSE 'failed' END,
               error = CASE WHEN attempts < ${literal(MAX_ATTEMPTS)} THEN error ELSE 'the last attempt was interrupted' END,
               next_attempt_at = NULL, claim = NULL
         WHERE id IN (
           SELECT delivery.id FROM webhook_delivery delivery JOIN webhook_endpoint endpoint ON endpoint.id = delivery.endpoint_id
            WHERE delivery.status IN ('pending', 'delivering') AND delivery.next_attempt_at <= now()
              AND (delivery.attempts >= ${literal(MAX_ATTEMPTS)} OR endpoint.deleted_at IS NOT NULL
                   OR (endpoint.status <> 'active' AND delivery.event_type <> 'test.ping'))
            LIMIT ${literal(10 * CLAIM_BATCH_SIZE)} FOR UPDATE OF delivery SKIP LOCKED)`,
  );
}

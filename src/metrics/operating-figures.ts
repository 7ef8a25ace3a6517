import type { EntityManager } from 'typeorm';
import { isOperatedSql } from '../core/operated-sql.js';
import { queryRow, sql, type Sql } from '../core/sql.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { isOpenSql } from '../lease-requests/lease-request-sql.js';
import { autoPausedEndpointsSql } from '../webhooks/auto-paused-sql.js';
import { isAttemptDueSql, isDueSql } from '../renewals/due-leases.js';

/** What an operator watches, read from the database; ages in seconds, 0 where there is nothing. */
export interface OperatingFigures {
  openRequests: number;
  overdueRequests: number;
  oldestOpenRequestSeconds: number;
  /** Leases whose first or daily attempt is due. */
  renewalsDue: number;
  oldestRenewalDueSeconds: number;
  leasesPastDue: number;
  /** Since the oldest delivery that may be sent was due, by the database's clock. */
  webhookLagSeconds: number;
  /** Since the oldest event without a place in its partner's order was written, by the database's clock. */
  eventLagSeconds: number;
  autoPausedEndpoints: number;
  /** `null` before the first verification. */
  ledgerVerificationAgeSeconds: number | null;
  /** That the latest verification found. */
  ledgerErrors: number;
}

/**
 * One statement, which reads open requests, due leases and, of each endpoint with open deliveries, the oldest one.
 * @param now business time
 */
export async function readOperatingFigures(em: EntityManager, now: Date): Promise<OperatingFigures> {
  const figures = await queryRow<OperatingFigures>(
    em,
    sql`WITH RECURSIVE request_figures AS (
          SELECT count(*) AS open, min(request.submitted_at) AS oldest,
                 count(*) FILTER (WHERE request.paused_at IS NULL AND request.due_at < ${now}::timestamptz) AS overdue
            FROM lease_request request JOIN organization ON organization.id = request.organization_id AND ${isOperatedSql()}
           WHERE ${isOpenSql()}
        ), renewal_figures AS (
          SELECT count(*) AS due, min(CASE WHEN lease.status = 'active' THEN lease.next_renewal_at ELSE lease.retry_at END) AS oldest
            FROM lease JOIN organization ON organization.id = lease.organization_id AND ${isOperatedSql()}
           WHERE ${isDueSql(now)} AND ${isAttemptDueSql(now)}
        ), waiting AS (
          (SELECT endpoint_id FROM webhook_delivery WHERE status IN ('pending', 'delivering') ORDER BY endpoint_id LIMIT 1)
          UNION ALL
          SELECT (SELECT endpoint_id FROM webhook_delivery WHERE status IN ('pending', 'delivering') AND endpoint_id > waiting.endpoint_id
                   ORDER BY endpoint_id LIMIT 1)
            FROM waiting WHERE waiting.endpoint_id IS NOT NULL
        ), delivery_figures AS (
          SELECT min(delivery.next_attempt_at) AS oldest
            FROM waiting
            JOIN webhook_endpoint endpoint ON endpoint.id = waiting.endpoint_id AND endpoint.status = 'active' AND endpoint.deleted_at IS NULL
            JOIN organization ON organization.id = endpoint.organization_id AND organization.suspended_at IS NULL AND ${isOperatedSql()}
           CROSS JOIN LATERAL (SELECT next_attempt_at FROM webhook_delivery
                                WHERE endpoint_id = endpoint.id AND status IN ('pending', 'delivering') AND next_attempt_at <= now()
                                ORDER BY next_attempt_at LIMIT 1) delivery
        ), event_figures AS (
          SELECT (SELECT recorded_at FROM event WHERE sequence IS NULL ORDER BY recorded_order LIMIT 1) AS oldest
        ), verification AS (
          SELECT occurred_at, (internal ->> 'faults')::int AS errors FROM audit_event
           WHERE object_id = 'ledger' AND type = 'ledger.verified' ORDER BY occurred_at DESC LIMIT 1
        )
        SELECT request_figures.open AS "openRequests", request_figures.overdue AS "overdueRequests",
               ${ageSql(sql`request_figures.oldest`, sql`${now}::timestamptz`)} AS "oldestOpenRequestSeconds",
               renewal_figures.due AS "renewalsDue",
               ${ageSql(sql`renewal_figures.oldest`, sql`${now}::timestamptz`)} AS "oldestRenewalDueSeconds",
               (SELECT count(*) FROM lease JOIN organization ON organization.id = lease.organization_id AND ${isOperatedSql()}
                 WHERE ${isLiveSql()} AND lease.status = 'past_due') AS "leasesPastDue",
               ${ageSql(sql`delivery_figures.oldest`, sql`now()`)} AS "webhookLagSeconds",
               ${ageSql(sql`event_figures.oldest`, sql`now()`)} AS "eventLagSeconds",
               (SELECT count(*) FROM ${autoPausedEndpointsSql()}) AS "autoPausedEndpoints",
               (SELECT ${ageSql(sql`occurred_at`, sql`${now}::timestamptz`)} FROM verification) AS "ledgerVerificationAgeSeconds",
               coalesce((SELECT errors FROM verification), 0) AS "ledgerErrors"
          FROM request_figures, renewal_figures, delivery_figures, event_figures`,
  );
  return figures!;
}

function ageSql(since: Sql, now: Sql): Sql {
  return sql`coalesce(greatest(0, extract(epoch FROM ${now} - ${since})), 0)::float8`;
}

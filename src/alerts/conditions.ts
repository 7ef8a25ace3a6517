import type { EntityManager } from 'typeorm';
import { formatCount } from '../core/counts.js';
import { formatDollars } from '../core/money.js';
import { literal, queryRows, sql } from '../core/sql.js';
import type { UncoveredPartner } from '../forecast/renewals-forecast.service.js';
import { isQueuedSql } from '../lease-requests/lease-request-sql.js';
import type { OperatingFigures } from '../metrics/operating-figures.js';
import { autoPausedEndpointsSql } from '../webhooks/auto-paused-sql.js';

export type AlertType =
  'lease_request.overdue' | 'renewals.uncovered' | 'webhook_endpoint.auto_paused' | 'ledger.error' | 'outbox.lag';

/** Something that staff are told of, once while it lasts. */
export interface Condition {
  type: AlertType;
  /** What it is about: an id, or `service` for the whole of it. */
  subject: string;
  organizationId: string | null;
  /** A sentence for a person. */
  text: string;
  details: Record<string, unknown>;
}

const MAX_WEBHOOK_LAG_SECONDS = 600;
const MAX_EVENT_LAG_SECONDS = 60;
const THE_SERVICE = 'service';

/** Of one type at a time: staff need no thousand messages to see that the queue has stopped. The others come as these end. */
export const MAX_ALERTS_OF_TYPE = 100;

/**
 * The longest overdue first: the first hundred, and those of the standing alerts.
 * @param now business time @param standing subjects
 */
export async function listOverdueRequests(
  em: EntityManager,
  now: Date,
  standing: readonly string[],
): Promise<Condition[]> {
  const isOverdue = sql`${isQueuedSql()} AND request.paused_at IS NULL AND request.due_at < ${now}::timestamptz`;
  const found = await queryRows<{ id: string; organizationId: string; partner: string; dueAt: Date }>(
    em,
    sql`SELECT request.id, request.organization_id AS "organizationId", organization.name AS partner, request.due_at AS "dueAt"
          FROM lease_request request JOIN organization ON organization.id = request.organization_id
         WHERE ${isOverdue} AND request.id IN (
           SELECT unnest(${standing}::text[])
           UNION ALL
           (SELECT request.id FROM lease_request request WHERE ${isOverdue}
             ORDER BY request.due_at, request.id LIMIT ${literal(MAX_ALERTS_OF_TYPE)}))
         ORDER BY request.due_at, request.id`,
  );
  return found.map(({ id, organizationId, partner, dueAt }) => ({
    type: 'lease_request.overdue',
    subject: id,
    organizationId,
    text: `Request ${id} of ${partner} is overdue since ${dueAt.toISOString()}.`,
    details: { partner, dueAt },
  }));
}

export function toUncoveredRenewals(partners: readonly UncoveredPartner[]): Condition[] {
  return partners.map(({ organizationId, partner, uncoveredFrom, uncoveredCents }) => ({
    type: 'renewals.uncovered',
    subject: organizationId,
    organizationId,
    text: `Renewals of ${partner} are not covered from ${uncoveredFrom}: ${formatDollars(uncoveredCents)} are missing over the next 7 days.`,
    details: { partner, uncoveredFrom, uncoveredCents },
  }));
}

/** The longest paused first: the first hundred, and those of the standing alerts. @param standing subjects */
export async function listAutoPausedEndpoints(em: EntityManager, standing: readonly string[]): Promise<Condition[]> {
  const found = await queryRows<{ id: string; organizationId: string; partner: string; pausedAt: Date }>(
    em,
    sql`SELECT endpoint.id, endpoint.organization_id AS "organizationId", organization.name AS partner, endpoint.auto_paused_at AS "pausedAt"
          FROM ${autoPausedEndpointsSql()} WHERE endpoint.id IN (
           SELECT unnest(${standing}::text[])
           UNION ALL
           (SELECT endpoint.id FROM ${autoPausedEndpointsSql()}
             ORDER BY endpoint.auto_paused_at, endpoint.id LIMIT ${literal(MAX_ALERTS_OF_TYPE)}))
         ORDER BY endpoint.auto_paused_at, endpoint.id`,
  );
  return found.map(({ id, organizationId, partner, pausedAt }) => ({
    type: 'webhook_endpoint.auto_paused',
    subject: id,
    organizationId,
    text: `Webhook endpoint ${id} of ${partner} is paused for its failures.`,
    details: { partner, pausedAt },
  }));
}

/** Of the service as a whole. */
export function listServiceConditions(figures: OperatingFigures): Condition[] {
  const { ledgerErrors, webhookLagSeconds, eventLagSeconds } = figures;
  const service = { subject: THE_SERVICE, organizationId: null };
  const conditions: Condition[] = [];
  if (ledgerErrors > 0) {
    const text = `The last verification of the ledger found ${formatCount(ledgerErrors, 'error')}.`;
    conditions.push({ type: 'ledger.error', ...service, text, details: { ledgerErrors } });
  }
  if (webhookLagSeconds > MAX_WEBHOOK_LAG_SECONDS || eventLagSeconds > MAX_EVENT_LAG_SECONDS) {
    const [webhooks, events] = [Math.round(webhookLagSeconds), Math.round(eventLagSeconds)];
    const text = `The outbox is late: webhooks by ${webhooks} s, events by ${events} s.`;
    const details = { webhookLagSeconds: webhooks, eventLagSeconds: events };
    conditions.push({ type: 'outbox.lag', ...service, text, details });
  }
  return conditions;
}

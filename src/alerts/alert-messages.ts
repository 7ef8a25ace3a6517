import type { EntityManager } from 'typeorm';
import { newId } from '../core/ids.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import type { AlertType, Condition } from './conditions.js';

export interface StaffAlert extends Condition {
  id: string;
  startedAt: Date;
  endedAt: Date | null;
}

export interface ClaimedMessage {
  id: string;
  alertId: string;
  body: string;
  /** Before this one. */
  attempts: number;
}

const CLAIM_BATCH_SIZE = 10;

/** Writes the message of each: that it began or, with `endedAt`, that it is over. */
export async function insertMessages(em: EntityManager, alerts: readonly StaffAlert[], now: Date): Promise<void> {
  const messages = alerts.map((alert) => {
    const id = newId('evt');
    const state = alert.endedAt === null ? 'firing' : 'resolved';
    return { id, alertId: alert.id, state, body: toBody(id, state, alert) };
  });
  await queryRows(
    em,
    sql`INSERT INTO staff_alert_message (id, alert_id, state, body, created_at)
        SELECT id, "alertId", state, body, ${now}
          FROM jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) AS message (id text, "alertId" text, state text, body text)`,
  );
}

/** What is so again, in a sentence for a person. */
const resolvedTexts: Record<AlertType, (subject: string, partner: string) => string> = {
  'lease_request.overdue': (id, partner) => `request ${id} of ${partner} is no longer overdue.`,
  'renewals.uncovered': (_, partner) => `renewals of ${partner} over the next 7 days are covered.`,
  'webhook_endpoint.auto_paused': (id, partner) =>
    `webhook endpoint ${id} of ${partner} is no longer paused for its failures.`,
  'ledger.error': () => 'the last verification of the ledger found no errors.',
  'outbox.lag': () => 'the outbox is no longer late.',
};

/** The JSON text that is sent; chat programs show `text`. */
function toBody(id: string, state: 'firing' | 'resolved', alert: StaffAlert): string {
  const { id: alertId, type, subject, organizationId, startedAt, endedAt, details } = alert;
  const text = state === 'firing' ? alert.text : `Resolved: ${resolvedTexts[type](subject, String(details.partner))}`;
  return JSON.stringify({ id, type, state, alertId, subject, organizationId, startedAt, endedAt, text, details });
}

/** Claims what is due. That a condition is over is told after it was told that it began. A claim that has ended is taken again. */
export function claimMessages(em: EntityManager, claim: string): Promise<ClaimedMessage[]> {
  return queryRows<ClaimedMessage>(
    em,
    sql`UPDATE staff_alert_message SET status = 'delivering', claim = ${claim}, next_attempt_at = now() + interval '30 seconds'
         WHERE id IN (
           SELECT message.id FROM staff_alert_message message
            WHERE message.status IN ('pending', 'delivering') AND message.next_attempt_at <= now()
              AND (message.state = 'firing' OR NOT EXISTS (
                    SELECT FROM staff_alert_message earlier
                     WHERE earlier.alert_id = message.alert_id AND earlier.state = 'firing' AND earlier.status IN ('pending', 'delivering')))
            ORDER BY message.next_attempt_at, message.id LIMIT ${literal(CLAIM_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
        RETURNING id, alert_id AS "alertId", body, attempts`,
  );
}

export interface MessageOutcome {
  id: string;
  claim: string;
  status: 'pending' | 'delivered' | 'failed';
  error: string | null;
  /** Until the next attempt; `null` for none. */
  delayMs: number | null;
}

/** @returns whether the claim still stood; else another process has the message, and nothing has changed */
export async function settleMessage(em: EntityManager, outcome: MessageOutcome): Promise<boolean> {
  const { id, claim, status, error, delayMs } = outcome;
  const settled = await queryRow(
    em,
    sql`UPDATE staff_alert_message
           SET status = ${status}, claim = NULL, error = ${error}, attempts = attempts + 1,
               next_attempt_at = now() + ${delayMs}::float8 * interval '1 millisecond'
         WHERE id = ${id} AND claim = ${claim} RETURNING id`,
  );
  return settled !== null;
}

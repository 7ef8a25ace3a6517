import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.js';
import type { WakeReason } from '../lease-requests/lease-request-status.js';
import { coversNone, queueTables, requestVertical, somethingFits } from './queue-conditions.js';

/** What is looked at: everything, or what the news is about. */
export interface News {
  requestId?: string;
  organizationId?: string;
  /** This account is the news, whenever it says that it changed. */
  socialAccountId?: string;
  /** What was written from then on is news to those too who were blocked before its commit. */
  since?: Date;
}

const mine = `($1::text IS NULL OR request.id = $1)`;

/**
 * Requests without inventory for which something has come since they were blocked: an account that fits or changed, or a word
 * for their vertical. What the pool had before did not help then.
 */
export function stockedSince(
  em: EntityManager,
  { requestId, socialAccountId, since }: News,
): Promise<{ id: string }[]> {
  const asked: unknown[] = [requestId ?? null];
  if (socialAccountId) {
    return blocked(
      em,
      'no_inventory',
      somethingFits(`AND entry.social_account_id = $${asked.push(socialAccountId)}`),
      asked,
    );
  }
  const from = `LEAST(request.blocker_since, $${asked.push(since ?? null)}::timestamptz)`;
  const newWord = `EXISTS (SELECT FROM vertical_synonym news
                            WHERE news.synonym = ${requestVertical} AND news.created_at >= ${from})`;
  const news = `(${somethingFits(`AND entry.changed_at >= ${from}`)} OR (${newWord} AND ${somethingFits()}))`;
  return blocked(em, 'no_inventory', news, asked);
}

/** How money came into a wallet. */
type MoneyCame = Extract<WakeReason, 'top_up' | 'adjustment' | 'refund'>;

/** Requests short of money whose wallet covers an account, with money that came since they were blocked. @param priceCents the house's */
export function coveredSince(
  em: EntityManager,
  { requestId, organizationId, since }: News,
  priceCents: number,
): Promise<{ id: string; because: MoneyCame }[]> {
  const news = `NOT ${coversNone('$2')} AND ($3::text IS NULL OR request.organization_id = $3)
    AND credited.kind IS NOT NULL`;
  const newest = `CROSS JOIN LATERAL (
    SELECT (SELECT credit.kind FROM ledger_transfer credit
             WHERE credit.credit_account_id = wallet.id AND credit.credit_account_id <> 'revenue'
               AND credit.booked_at >= LEAST(request.blocker_since, $4::timestamptz) AND NOT ${isSpentOnReplacement('credit')}
             ORDER BY credit.wallet_seq DESC LIMIT 1) AS kind) credited`;
  return rows(
    em,
    `SELECT request.id, CASE WHEN credited.kind IN ('refund', 'adjustment') THEN credited.kind ELSE 'top_up' END AS because
       FROM ${queueTables} ${newest} ${whereBlocked('wallet_short', news)}`,
    [requestId ?? null, priceCents, organizationId ?? null, since ?? null],
  );
}

/** In SQL: whether it is the refund of an account that was replaced, whose replacement took the same money in the same transaction. */
function isSpentOnReplacement(credit: string): string {
  return `(${credit}.kind = 'refund' AND EXISTS (
    SELECT FROM lease next JOIN ledger_transfer charge ON charge.lease_id = next.id
     WHERE next.replaces_id = ${credit}.lease_id AND charge.wallet_seq = ${credit}.wallet_seq + 1))`;
}

function blocked(em: EntityManager, blocker: string, news: string, values: unknown[]): Promise<{ id: string }[]> {
  return rows(em, `SELECT request.id FROM ${queueTables} ${whereBlocked(blocker, news)}`, values);
}

function whereBlocked(blocker: string, news: string): string {
  return `WHERE request.status = 'requested' AND request.blocker = '${blocker}' AND ${mine} AND ${news}
          ORDER BY request.submitted_at, request.id`;
}

import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.js';
import { coversNone, queueTables, requestVertical, somethingFits } from './queue-conditions.js';

/** What is looked at: everything, or what the news is about. */
export interface News {
  requestId?: string;
  organizationId?: string;
  socialAccountId?: string;
}

const mine = `($1::text IS NULL OR request.id = $1)`;

/**
 * Requests without inventory for which something has come since they were blocked: an account that fits or changed, or a word
 * for their vertical. What the pool had before did not help then.
 */
export function stockedSince(em: EntityManager, { requestId, socialAccountId }: News): Promise<{ id: string }[]> {
  const asked = [requestId ?? null];
  const newAccount = (also = '') => somethingFits(`AND entry.changed_at >= request.blocker_since ${also}`);
  const newWord = `EXISTS (SELECT FROM vertical_synonym news
                            WHERE news.synonym = ${requestVertical} AND news.created_at >= request.blocker_since)`;
  const news = socialAccountId
    ? newAccount(`AND entry.social_account_id = $${asked.push(socialAccountId)}`)
    : `(${newAccount()} OR (${newWord} AND ${somethingFits()}))`;
  return blocked(em, 'no_inventory', news, asked);
}

/** Requests short of money whose wallet covers an account, with money that came since they were blocked. @param priceCents the house's */
export function coveredSince(
  em: EntityManager,
  { requestId, organizationId }: News,
  priceCents: number,
): Promise<{ id: string }[]> {
  const news = `NOT ${coversNone('$2')} AND ($3::text IS NULL OR request.organization_id = $3)
    AND EXISTS (SELECT FROM ledger_transfer credit
                 WHERE credit.credit_account_id = wallet.id AND credit.credit_account_id <> 'revenue'
                   AND credit.booked_at >= request.blocker_since AND NOT ${isSpentOnReplacement('credit')})`;
  return blocked(em, 'wallet_short', news, [requestId ?? null, priceCents, organizationId ?? null]);
}

/** In SQL: whether it is the refund of an account that was replaced, whose replacement took the same money in the same transaction. */
function isSpentOnReplacement(credit: string): string {
  return `(${credit}.kind = 'refund' AND EXISTS (
    SELECT FROM lease next JOIN ledger_transfer charge ON charge.lease_id = next.id
     WHERE next.replaces_id = ${credit}.lease_id AND charge.wallet_seq = ${credit}.wallet_seq + 1))`;
}

function blocked(em: EntityManager, blocker: string, news: string, values: unknown[]): Promise<{ id: string }[]> {
  return rows(
    em,
    `SELECT request.id FROM ${queueTables}
      WHERE request.status = 'requested' AND request.blocker = '${blocker}' AND ${mine} AND ${news}
      ORDER BY request.submitted_at, request.id`,
    values,
  );
}

import type { EntityManager } from 'typeorm';
import { queryRows } from '../core/sql.js';
import type { UnblockReason } from '../lease-requests/lease-request-status.js';
import { coversNoneSql, queueTables, requestVertical, hasFitSql } from './queue-conditions.js';

/** What is looked at: everything, or what the news is about. */
export interface UnblockScope {
  requestId?: string;
  organizationId?: string;
  /** This account is the news, whenever it says that it changed. */
  socialAccountId?: string;
  /** What was written from then on is news to those too who were blocked before its commit. */
  since?: Date;
}

const inScope = `($1::text IS NULL OR request.id = $1)`;

/**
 * Requests without inventory for which something has come since they were blocked: an account that fits or changed, or a word
 * for their vertical. What the pool had before did not help then.
 */
export function findStockedRequests(
  em: EntityManager,
  { requestId, socialAccountId, since }: UnblockScope,
): Promise<{ id: string }[]> {
  const asked: unknown[] = [requestId ?? null];
  if (socialAccountId) {
    return findBlocked(
      em,
      'no_inventory',
      hasFitSql(`AND entry.social_account_id = $${asked.push(socialAccountId)}`),
      asked,
    );
  }
  const from = `LEAST(request.blocker_since, $${asked.push(since ?? null)}::timestamptz)`;
  const newWord = `EXISTS (SELECT FROM vertical_synonym news
                            WHERE news.synonym = ${requestVertical} AND news.created_at >= ${from})`;
  const news = `(${hasFitSql(`AND entry.changed_at >= ${from}`)} OR (${newWord} AND ${hasFitSql()}))`;
  return findBlocked(em, 'no_inventory', news, asked);
}

/** How money came into a wallet. */
type CreditKind = Extract<UnblockReason, 'top_up' | 'adjustment' | 'refund'>;

/** Requests short of money whose wallet covers an account, with money that came since they were blocked. @param priceCents the house's */
export function findFundedRequests(
  em: EntityManager,
  { requestId, organizationId, since }: UnblockScope,
  priceCents: number,
): Promise<{ id: string; because: CreditKind }[]> {
  const news = `NOT ${coversNoneSql('$2')} AND ($3::text IS NULL OR request.organization_id = $3)
    AND credited.kind IS NOT NULL`;
  const newest = `CROSS JOIN LATERAL (
    SELECT (SELECT credit.kind FROM ledger_transfer credit
             WHERE credit.credit_account_id = wallet.id AND credit.credit_account_id <> 'revenue'
               AND credit.booked_at >= LEAST(request.blocker_since, $4::timestamptz) AND NOT ${isSpentOnReplacementSql('credit')}
             ORDER BY credit.wallet_seq DESC LIMIT 1) AS kind) credited`;
  return queryRows(
    em,
    `SELECT request.id, CASE WHEN credited.kind IN ('refund', 'adjustment') THEN credited.kind ELSE 'top_up' END AS because
       FROM ${queueTables} ${newest} ${whereBlockedSql('wallet_short', news)}`,
    [requestId ?? null, priceCents, organizationId ?? null, since ?? null],
  );
}

/** In SQL: whether it is the refund of an account that was replaced, whose replacement took the same money in the same transaction. */
function isSpentOnReplacementSql(credit: string): string {
  return `(${credit}.kind = 'refund' AND EXISTS (
    SELECT FROM lease next JOIN ledger_transfer charge ON charge.lease_id = next.id
     WHERE next.replaces_id = ${credit}.lease_id AND charge.wallet_seq = ${credit}.wallet_seq + 1))`;
}

function findBlocked(em: EntityManager, blocker: string, news: string, values: unknown[]): Promise<{ id: string }[]> {
  return queryRows(em, `SELECT request.id FROM ${queueTables} ${whereBlockedSql(blocker, news)}`, values);
}

function whereBlockedSql(blocker: string, news: string): string {
  return `WHERE request.status = 'requested' AND request.blocker = '${blocker}' AND ${inScope} AND ${news}
          ORDER BY request.submitted_at, request.id`;
}

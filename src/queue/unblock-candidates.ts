import type { LeaseRequestId } from '../core/ids.js';
import type { EntityManager } from 'typeorm';
import { queryRows, sql, type Sql } from '../core/sql.js';
import { isQueuedSql, requestVertical } from '../lease-requests/lease-request-sql.js';
import type { BlockerKind, UnblockReason } from '../lease-requests/lease-request-status.js';
import { coversNoneSql, hasFitSql, queueTables } from './queue-conditions.js';

/** Which blocked requests are read: all of them, or those that a change concerns. */
export interface UnblockScope {
  leaseRequestId?: LeaseRequestId;
  organizationId?: string;
  /** The account that changed; its `changed_at` is not compared. */
  socialAccountId?: string;
  /** Start of the transaction that changed something: rows written from then on count, even for requests blocked before its commit. */
  since?: Date;
}

/**
 * Requests without inventory for which something has come since they were blocked: a new or changed account that fits, or a synonym
 * of their vertical. Accounts that were in the pool before do not count: staff blocked the request although they fit.
 */
export function findStockedRequests(
  em: EntityManager,
  { leaseRequestId, socialAccountId, since }: UnblockScope,
): Promise<{ id: LeaseRequestId }[]> {
  const hasChanged = socialAccountId ? isFitOfSql(socialAccountId) : hasNewFitSql(since);
  return queryRows(
    em,
    sql`SELECT request.id FROM ${queueTables} ${whereBlockedSql('no_inventory', leaseRequestId, hasChanged)}`,
  );
}

/** Of the blocked requests the account is compared with those for its verticals alone. */
function isFitOfSql(socialAccountId: string): Sql {
  const itsVerticals = sql`SELECT entry.vertical FROM pool_entry entry WHERE entry.social_account_id = ${socialAccountId}`;
  return sql`${requestVertical} = ANY (ARRAY(
      ${itsVerticals} UNION SELECT synonym FROM vertical_synonym WHERE vertical_synonym.vertical IN (${itsVerticals})))
    AND ${hasFitSql(sql`AND entry.social_account_id = ${socialAccountId}`)}`;
}

function hasNewFitSql(since: Date | undefined): Sql {
  const from = sql`LEAST(request.blocker_since, ${since ?? null}::timestamptz)`;
  const hasNewSynonym = sql`EXISTS (SELECT FROM vertical_synonym added
                            WHERE added.synonym = ${requestVertical} AND added.created_at >= ${from})`;
  return sql`(${hasFitSql(sql`AND entry.changed_at >= ${from}`)} OR (${hasNewSynonym} AND ${hasFitSql()}))`;
}

type CreditKind = Extract<UnblockReason, 'top_up' | 'adjustment' | 'refund'>;

/**
 * Requests with a short wallet that covers an account now, with money that came since they were blocked.
 * @param leasePriceCents the price of partners without one of their own
 */
export function findFundedRequests(
  em: EntityManager,
  { leaseRequestId, organizationId, since }: UnblockScope,
  leasePriceCents: number,
): Promise<{ id: LeaseRequestId; reason: CreditKind }[]> {
  const isFunded = sql`NOT ${coversNoneSql(leasePriceCents)}
    AND (${organizationId ?? null}::text IS NULL OR request.organization_id = ${organizationId ?? null})
    AND credited.kind IS NOT NULL`;
  return queryRows(
    em,
    sql`SELECT request.id, CASE WHEN credited.kind IN ('refund', 'adjustment') THEN credited.kind ELSE 'top_up' END AS reason
       FROM ${queueTables}
      CROSS JOIN LATERAL (
        SELECT (SELECT credit.kind FROM ledger_transfer credit
                 WHERE credit.credit_account_id = wallet.id AND credit.credit_account_id <> 'revenue'
                   AND credit.booked_at >= LEAST(request.blocker_since, ${since ?? null}::timestamptz)
                   AND NOT ${isSpentOnReplacement}
                 ORDER BY credit.wallet_seq DESC LIMIT 1) AS kind) credited
      ${whereBlockedSql('wallet_short', leaseRequestId, isFunded)}`,
  );
}

/** Whether a `credit` is the refund of a replaced account: its replacement took the same money in the same transaction. */
const isSpentOnReplacement = sql`(credit.kind = 'refund' AND EXISTS (
    SELECT FROM lease next JOIN ledger_transfer charge ON charge.lease_id = next.id
     WHERE next.replaces_id = credit.lease_id AND charge.wallet_seq = credit.wallet_seq + 1))`;

function whereBlockedSql(blocker: BlockerKind, leaseRequestId: LeaseRequestId | undefined, condition: Sql): Sql {
  const id = leaseRequestId ?? null;
  return sql`WHERE ${isQueuedSql()} AND request.blocker = ${blocker}
          AND (${id}::text IS NULL OR request.id = ${id}) AND ${condition}
          ORDER BY request.submitted_at, request.id`;
}

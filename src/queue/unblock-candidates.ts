import type { EntityManager } from 'typeorm';
import type { LeaseRequestId } from '../core/ids.js';
import { isOneOfSql, noSql, queryRows, sql, type Sql } from '../core/sql.js';
import { isQueuedSql, requestVertical } from '../lease-requests/lease-request-sql.js';
import type { BlockerKind, UnblockReason } from '../lease-requests/lease-request-status.js';
import { coversNoneSql, hasFitSql, queueTables } from './queue-conditions.js';

/** A blocked request whose blocker's reason is gone. */
export interface Released {
  id: LeaseRequestId;
  blocker: BlockerKind;
  reason: UnblockReason;
}

/** Reads released requests, the longest waiting first. @param among of these alone */
export type FindReleased = (em: EntityManager, among?: readonly LeaseRequestId[]) => Promise<Released[]>;

/** What changed in the pool, or nothing: then every change since a request was blocked counts. */
export interface PoolChange {
  /** Their `changed_at` is not compared. */
  socialAccountIds?: readonly string[];
  /** Start of the transaction that changed something: rows written from then on count, even for requests blocked before its commit. */
  since?: Date;
}

/** What changed on wallets, or nothing: then every credit since a request was blocked counts. */
export interface WalletChange {
  organizationId?: string;
  /** As {@link PoolChange}'s. */
  since?: Date;
}

/**
 * Requests without inventory for which something has come since they were blocked: a new or changed account that fits, or a synonym
 * of their vertical. Accounts that were in the pool before do not count: staff blocked the request although they fit.
 */
export function findStocked(change: PoolChange): FindReleased {
  return (em, among) => queryRows(em, stockedSql(change, among));
}

export function stockedSql({ socialAccountIds, since }: PoolChange, among?: readonly LeaseRequestId[]): Sql {
  const tables = sql`lease_request request JOIN organization ON organization.id = request.organization_id`;
  const select = sql`SELECT request.id, request.blocker, 'account_available' AS reason FROM ${tables}`;
  if (!socialAccountIds) return sql`${select} ${whereBlockedSql(hasNoInventory, among, hasNewFitSql(since))}`;
  return sql`WITH freed AS MATERIALIZED (
      SELECT vertical, primary_language, countries, sandbox FROM pool_entry
       WHERE ${isOneOfSql(sql`social_account_id`, socialAccountIds)})
    ${select} ${whereBlockedSql(hasNoInventory, among, fitsFreedSql)}`;
}

/** The kind is a part of the text: their index is of them alone. */
const hasNoInventory = sql`request.blocker = 'no_inventory'`;

/** Of the blocked requests the accounts are compared with those for their verticals alone. */
const fitsFreedSql = sql`${requestVertical} = ANY (ARRAY(
      SELECT vertical FROM freed
       UNION SELECT synonym FROM vertical_synonym WHERE vertical_synonym.vertical IN (SELECT vertical FROM freed)))
    AND ${hasFitSql(noSql, sql`freed`)}`;

function hasNewFitSql(since: Date | undefined): Sql {
  const from = sql`LEAST(request.blocker_since, ${since ?? null}::timestamptz)`;
  const hasNewSynonym = sql`EXISTS (SELECT FROM vertical_synonym added
                            WHERE added.synonym = ${requestVertical} AND added.created_at >= ${from})`;
  return sql`(${hasFitSql(sql`AND entry.changed_at >= ${from}`)} OR (${hasNewSynonym} AND ${hasFitSql()}))`;
}

/**
 * Requests with a short wallet that covers an account now, with money that came since they were blocked.
 * @param leasePriceCents the price of partners without one of their own
 */
export function findFunded({ organizationId, since }: WalletChange, leasePriceCents: number): FindReleased {
  const isFunded = sql`NOT ${coversNoneSql(leasePriceCents)}
    AND (${organizationId ?? null}::text IS NULL OR request.organization_id = ${organizationId ?? null})
    AND credited.kind IS NOT NULL`;
  return (em, among) =>
    queryRows(
      em,
      sql`SELECT request.id, request.blocker,
                 CASE WHEN credited.kind IN ('refund', 'adjustment') THEN credited.kind ELSE 'top_up' END AS reason
       FROM ${queueTables}
      CROSS JOIN LATERAL (
        SELECT (SELECT credit.kind FROM ledger_transfer credit
                 WHERE credit.credit_account_id = wallet.id AND credit.credit_account_id <> 'revenue'
                   AND credit.booked_at >= LEAST(request.blocker_since, ${since ?? null}::timestamptz)
                   AND NOT ${isSpentOnReplacement}
                 ORDER BY credit.wallet_seq DESC LIMIT 1) AS kind) credited
      ${whereBlockedSql(sql`request.blocker = 'wallet_short'`, among, isFunded)}`,
    );
}

/** Whether a `credit` is the refund of a replaced account: its replacement took the same money in the same transaction. */
const isSpentOnReplacement = sql`(credit.kind = 'refund' AND EXISTS (
    SELECT FROM lease next JOIN ledger_transfer charge ON charge.lease_id = next.id
     WHERE next.replaces_id = credit.lease_id AND charge.wallet_seq = credit.wallet_seq + 1))`;

/** Blocked requests whose day to look again has come. @param today `YYYY-MM-DD` */
export function findScheduled(today: string): FindReleased {
  return (em, among) =>
    queryRows(
      em,
      sql`SELECT request.id, request.blocker, 'day' AS reason FROM lease_request request
        WHERE ${isQueuedSql()} AND request.blocker IS NOT NULL AND request.look_again_on <= ${today}::date ${amongSql(among)}
        ORDER BY request.submitted_at, request.id`,
    );
}

function whereBlockedSql(isBlocked: Sql, among: readonly LeaseRequestId[] | undefined, condition: Sql): Sql {
  return sql`WHERE ${isQueuedSql()} AND ${isBlocked} AND ${condition} ${amongSql(among)} ORDER BY request.submitted_at, request.id`;
}

function amongSql(among: readonly LeaseRequestId[] | undefined): Sql {
  return among ? sql`AND ${isOneOfSql(sql`request.id`, among)}` : noSql;
}

import { toLanguageTag } from '../core/display-names.js';
import { joinSql, literal, noSql, sql, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql, toKeyPattern } from '../core/text-key-sql.js';
import {
  isClaimed,
  isOfPartnerLikeSql,
  isQueuedSql,
  isUnclaimed,
  requestVertical,
} from '../lease-requests/lease-request-sql.js';
import { isNotUndoneSql } from '../leases/lease-sql.js';
import { organizationPriceSql, walletIdSql } from '../wallets/wallet-sql.js';
import type { QueuePosition } from './queue-cursor.js';
import type { QueueQuery, QueueView } from './queue-query.js';
import { urgency } from './urgency.js';
import { isWalletShortSql } from './wallet-cover.js';

/** The tables that the queue's conditions refer to. */
export const queueTables = sql`lease_request request
  JOIN organization ON organization.id = request.organization_id
  JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`request.organization_id`)}`;

/** Whether the wallet does not cover one more account, whichever request it is for. @param leasePriceCents the price of partners without one of their own */
export function coversNoneSql(leasePriceCents: number): Sql {
  return sql`(wallet.owed_cents > 0 OR wallet.balance_cents < ${organizationPriceSql(leasePriceCents)})`;
}

/**
 * Whether an available account fits. Two branches, since the index on the language serves only requests that have one.
 * @param condition `AND …` on the pool's `entry`
 * @param source the entries
 */
export function hasFitSql(condition: Sql = noSql, source: Sql = sql`pool_entry`): Sql {
  const branches = [
    sql`request.language IS NULL`,
    sql`entry.primary_language = lower(split_part(request.language, '-', 1))`,
  ].map(
    (language) => sql`EXISTS (
      SELECT FROM ${source} entry
       WHERE entry.sandbox = organization.sandbox AND ${language} ${condition}
         AND entry.vertical = ANY (ARRAY[${requestVertical},
               (SELECT mapped.vertical FROM vertical_synonym mapped WHERE mapped.synonym = ${requestVertical})])
         AND (coalesce(cardinality(request.geo), 0) = 0 OR entry.countries && request.geo))`,
  );
  return sql`(${joinSql(branches, ' OR ')})`;
}

/** Who reads the queue, and when. */
export interface QueueViewer {
  staffId: string;
  now: Date;
  /** Cents; the price of partners without one of their own. */
  leasePriceCents: number;
}

/** Which of the open requests a view shows. */
export function toViewCondition(view: QueueView, { staffId, now, leasePriceCents }: QueueViewer): Sql {
  switch (view) {
    case 'all':
      return sql`TRUE`;
    case 'mine':
      return sql`(request.claimed_by = ${staffId} AND ${isClaimed})`;
    case 'unclaimed':
      return isUnclaimed;
    case 'overdue':
      return sql`(request.paused_at IS NULL AND request.due_at < ${now}::timestamptz)`;
    case 'blocked':
      return sql`request.blocker IS NOT NULL`;
    case 'wallet-short':
      return isWalletShortSql(leasePriceCents);
  }
}

export interface PageConditions {
  /** A `WITH` clause that `where` refers to, or nothing. */
  before: Sql;
  where: Sql;
}

/** The conditions of the rows on one page of one view. */
export function toPageConditions(query: QueueQuery, viewer: QueueViewer, after: QueuePosition | null): PageConditions {
  const conditions = [isQueuedSql(), toViewCondition(query.view, viewer)];
  const text = query.q ? toTextCondition(query.q) : null;
  if (query.blocker) conditions.push(sql`request.blocker = ${query.blocker}`);
  if (query.claimed) conditions.push(query.claimed === 'no' ? isUnclaimed : isClaimed);
  if (query.vertical) conditions.push(toVerticalCondition(toTextKey(query.vertical)));
  if (query.language) conditions.push(toLanguageCondition(query.language));
  if (query.partner) conditions.push(toPartnerCondition(query.partner));
  if (text) conditions.push(text.where);
  if (after) {
    conditions.push(sql`(${urgency}) > (${after.paused}::boolean, ${after.at}::timestamptz, ${after.id}::text)`);
  }
  return { before: text?.before ?? noSql, where: joinSql(conditions, ' AND ') };
}

function toVerticalCondition(vertical: string): Sql {
  return sql`(${requestVertical} = ${vertical}
           OR ${requestVertical} IN (SELECT synonym FROM vertical_synonym WHERE vertical_synonym.vertical = ${vertical}))`;
}

function toLanguageCondition(language: string): Sql {
  const wanted = toTextKey(toLanguageTag(language));
  if (wanted === 'any') return sql`request.language IS NULL`;
  return wanted.includes('-')
    ? sql`lower(request.language COLLATE "C") = ${wanted}`
    : sql`lower(split_part(request.language, '-', 1) COLLATE "C") = ${wanted}`;
}

function toPartnerCondition(partner: string): Sql {
  if (partner.startsWith('org_')) return sql`request.organization_id = ${partner}`;
  return isOfPartnerLikeSql(toKeyPattern(partner));
}

/** Characters; a trigram index serves no shorter text. */
const MIN_INDEXED_LENGTH = 3;
const MAX_MATERIALIZED_ACCOUNTS = 500;

function toTextCondition(text: string): PageConditions {
  const pattern = toKeyPattern(text);
  const handle = toHandleCondition(toTextKey(text).replace(/^@/, ''));
  const where = sql`(${textKeySql(sql`request.request_id`)} LIKE ${pattern} OR ${textKeySql(sql`request.id`)} LIKE ${pattern}
    OR ${requestVertical} LIKE ${pattern} OR ${isOfPartnerLikeSql(pattern)} OR (request.assigned_count > 0 AND ${handle.where}))`;
  return { before: handle.before, where };
}

/** Up to 500 matching accounts are read once with their leases; with more, or a short text, the leases of each request are read. */
function toHandleCondition(text: string): PageConditions {
  const pattern = toKeyPattern(text);
  const hasLeaseOfHandle = sql`EXISTS (
    SELECT FROM lease JOIN social_account account ON account.id = lease.social_account_id
     WHERE lease.lease_request_id = request.id AND ${isNotUndoneSql()} AND ${textKeySql(sql`account.handle`)} LIKE ${pattern})`;
  if ([...text].length < MIN_INDEXED_LENGTH) return { before: noSql, where: hasLeaseOfHandle };
  return {
    before: sql`WITH matching AS MATERIALIZED (
      SELECT id FROM social_account WHERE ${textKeySql(sql`handle`)} LIKE ${pattern} LIMIT ${literal(MAX_MATERIALIZED_ACCOUNTS + 1)})`,
    where: sql`CASE WHEN (SELECT count(*) FROM matching) > ${literal(MAX_MATERIALIZED_ACCOUNTS)} THEN ${hasLeaseOfHandle}
               ELSE request.id IN (SELECT lease.lease_request_id FROM matching JOIN lease ON lease.social_account_id = matching.id
                                    WHERE ${isNotUndoneSql()}) END`,
  };
}

import { normalizeVertical } from '../account-pool/matching.js';
import { literal, joinSql, noSql, sql, toContainsPattern, type Sql } from '../core/sql.js';
import { isClaimed, isOpenSql, isUnclaimed, requestVertical } from '../lease-requests/lease-request-sql.js';
import { isNotUndoneSql } from '../leases/lease-sql.js';
import { organizationPriceSql, walletIdSql } from '../wallets/wallet-sql.js';
import type { QueuePosition } from './queue-cursor.js';
import type { QueueQuery, QueueView } from './queue-query.js';

/** The tables that the queue's conditions speak of. */
export const queueTables = sql`lease_request request
  JOIN organization ON organization.id = request.organization_id
  JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`request.organization_id`)}`;

/** The order of urgency, as its index has it. */
export const urgency = sql`(request.paused_at IS NOT NULL), coalesce(request.due_at, request.submitted_at), request.id`;

/** Whether the wallet does not pay for one account more. @param leasePriceCents the price of partners without one of their own */
export function coversNoneSql(leasePriceCents: number): Sql {
  return sql`(wallet.owed_cents > 0 OR wallet.balance_cents < ${organizationPriceSql(leasePriceCents)})`;
}

/**
 * Whether an available account fits; two branches, since an index serves only a language that is asked for.
 * @param also a further condition on the pool's `entry`
 */
export function hasFitSql(also: Sql = noSql): Sql {
  const branches = [
    sql`request.language IS NULL`,
    sql`entry.primary_language = lower(split_part(request.language, '-', 1))`,
  ].map(
    (language) => sql`EXISTS (
      SELECT FROM pool_entry entry
       WHERE entry.sandbox = organization.sandbox AND ${language} ${also}
         AND entry.vertical = ANY (ARRAY[${requestVertical},
               (SELECT mapped.vertical FROM vertical_synonym mapped WHERE mapped.synonym = ${requestVertical})])
         AND (coalesce(cardinality(request.geo), 0) = 0 OR entry.countries && request.geo))`,
  );
  return sql`(${joinSql(branches, ' OR ')})`;
}

/** Who looks at the queue, and when. */
export interface QueueViewer {
  staffId: string;
  now: Date;
  /** Cents; the price of partners without one of their own. */
  leasePriceCents: number;
}

/** What each view shows of the open requests. */
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
      // The partners are found once for all their requests.
      return sql`(request.blocker = 'wallet_short' OR request.organization_id IN (
        SELECT organization.id FROM organization
          JOIN ledger_account wallet ON wallet.organization_id = organization.id AND wallet.kind = 'wallet'
         WHERE ${coversNoneSql(leasePriceCents)}))`;
  }
}

/** What a page of the queue is read by. */
export interface PageConditions {
  /** `WITH` and what is found once before the rows, or nothing. */
  before: Sql;
  where: Sql;
}

/** The conditions of the rows on one page of one view. */
export function toPageConditions(query: QueueQuery, viewer: QueueViewer, after: QueuePosition | null): PageConditions {
  const conditions = [isOpenSql(), toViewCondition(query.view, viewer)];
  const text = query.q ? toTextCondition(query.q) : null;
  if (query.blocker) conditions.push(sql`request.blocker = ${query.blocker}`);
  if (query.claimed) conditions.push(query.claimed === 'no' ? isUnclaimed : isClaimed);
  if (query.vertical) conditions.push(toVerticalCondition(normalizeVertical(query.vertical)));
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
  const wanted = language.toLowerCase();
  if (wanted === 'any') return sql`request.language IS NULL`;
  return wanted.includes('-')
    ? sql`lower(request.language) = ${wanted}`
    : sql`lower(split_part(request.language, '-', 1)) = ${wanted}`;
}

function toPartnerCondition(partner: string): Sql {
  if (partner.startsWith('org_')) return sql`request.organization_id = ${partner}`;
  return isNamedLike(toContainsPattern(partner));
}

/** Of partners whose name is like that; found once for all their requests. */
function isNamedLike(pattern: string): Sql {
  return sql`request.organization_id IN (SELECT organization.id FROM organization WHERE organization.name ILIKE ${pattern})`;
}

/** From three letters on, a trigram index finds them. */
const MIN_INDEXED_LENGTH = 3;
const FEW_ACCOUNTS = 500;

function toTextCondition(text: string): PageConditions {
  const pattern = toContainsPattern(text);
  const handle = toHandleCondition(text.replace(/^@/, ''));
  const where = sql`(lower(request.request_id || E'\\n' || request.id || E'\\n' || request.vertical) LIKE lower(${pattern})
    OR ${isNamedLike(pattern)} OR (request.assigned_count > 0 AND ${handle.where}))`;
  return { before: handle.before, where };
}

/** The leases of few handles are looked up once; of many, or of a short text, the leases of each request. */
function toHandleCondition(text: string): PageConditions {
  const pattern = toContainsPattern(text);
  const hasLeaseOfHandle = sql`EXISTS (
    SELECT FROM lease JOIN social_account account ON account.id = lease.social_account_id
     WHERE lease.lease_request_id = request.id AND ${isNotUndoneSql()} AND account.handle_key LIKE lower(${pattern}))`;
  if ([...text].length < MIN_INDEXED_LENGTH) return { before: noSql, where: hasLeaseOfHandle };
  return {
    before: sql`WITH few AS MATERIALIZED (
      SELECT id FROM social_account WHERE handle ILIKE ${pattern} LIMIT ${literal(FEW_ACCOUNTS + 1)})`,
    where: sql`CASE WHEN (SELECT count(*) FROM few) > ${literal(FEW_ACCOUNTS)} THEN ${hasLeaseOfHandle}
               ELSE request.id IN (SELECT lease.lease_request_id FROM few JOIN lease ON lease.social_account_id = few.id
                                    WHERE ${isNotUndoneSql()}) END`,
  };
}

import { normalizeVertical } from '../account-pool/matching.js';
import { toContainsPattern } from '../core/sql.js';
import type { QueuePosition } from './queue-cursor.js';
import type { QueueQuery, QueueView } from './queue-query.js';

/** The tables that the queue's conditions speak of. */
export const queueTables = `lease_request request
  JOIN organization ON organization.id = request.organization_id
  JOIN ledger_account wallet ON wallet.id = 'wallet:' || request.organization_id`;

/** The order of urgency, as its index has it. */
export const urgency = '(request.paused_at IS NOT NULL), coalesce(request.due_at, request.submitted_at), request.id';

export const isUnclaimed = '(request.claimed_until IS NULL OR request.claimed_until <= now())';
const isClaimed = 'request.claimed_until > now()';

/** Whether the wallet pays for not even one account more. @param price the house's, as a parameter */
export function coversNoneSql(price: string): string {
  return `(wallet.owed_cents > 0 OR wallet.balance_cents < coalesce(organization.price_cents, ${price}::bigint))`;
}

/** The partners of whom that is so; found once for all their requests. */
export function shortPartnersSql(price: string): string {
  return `SELECT organization.id FROM organization
            JOIN ledger_account wallet ON wallet.organization_id = organization.id AND wallet.kind = 'wallet'
           WHERE ${coversNoneSql(price)}`;
}

/** The vertical as it is compared, of requests too that came before it was kept. */
export const requestVertical = String.raw`coalesce(request.vertical_key, lower(regexp_replace(btrim(request.vertical), '\s+', ' ', 'g')))`;

/**
 * Whether an available account is there that fits; two branches, for an index goes by a language that is asked for alone.
 * @param also what else the pool's `entry` has to be
 */
export function hasFitSql(also = ''): string {
  const branches = [
    'request.language IS NULL',
    "entry.primary_language = lower(split_part(request.language, '-', 1))",
  ].map(
    (language) => `EXISTS (
      SELECT FROM pool_entry entry
       WHERE entry.sandbox = organization.sandbox AND ${language} ${also}
         AND entry.vertical = ANY (ARRAY[${requestVertical},
               (SELECT mapped.vertical FROM vertical_synonym mapped WHERE mapped.synonym = ${requestVertical})])
         AND (coalesce(cardinality(request.geo), 0) = 0 OR entry.countries && request.geo))`,
  );
  return `(${branches.join(' OR ')})`;
}

/** Values of a statement, numbered as they come. */
export class QueryParams {
  readonly values: unknown[] = [];
  /** What is found before the rows, as WITH has it. */
  readonly before: string[] = [];

  bind(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

/** What each view shows of the open requests. */
export function toViewCondition(view: QueueView, given: { me: string; now: string; price: string }): string {
  switch (view) {
    case 'all':
      return 'TRUE';
    case 'mine':
      return `(request.claimed_by = ${given.me} AND request.claimed_until > now())`;
    case 'unclaimed':
      return isUnclaimed;
    case 'overdue':
      return `(request.paused_at IS NULL AND request.due_at < ${given.now}::timestamptz)`;
    case 'blocked':
      return 'request.blocker IS NOT NULL';
    case 'wallet-short':
      return `(request.blocker = 'wallet_short' OR request.organization_id IN (${shortPartnersSql(given.price)}))`;
  }
}

/** Everything that a row must be to stand on this page of this view. */
export function toPageConditions(
  given: QueryParams,
  query: QueueQuery,
  { after, now, price, me }: { after: QueuePosition | null; now: Date; price: string; me: string },
): string[] {
  const conditions = ["request.status = 'requested'"];
  // PostgreSQL refuses a parameter that nothing reads.
  conditions.push(toViewCondition(query.view, { me, now: query.view === 'overdue' ? given.bind(now) : '', price }));
  if (query.blocker) conditions.push(`request.blocker = ${given.bind(query.blocker)}`);
  if (query.claimed) conditions.push(query.claimed === 'no' ? isUnclaimed : isClaimed);
  if (query.vertical) conditions.push(inVertical(given.bind(normalizeVertical(query.vertical))));
  if (query.language) conditions.push(inLanguage(query.language, given));
  if (query.partner) conditions.push(ofPartner(query.partner, given));
  if (query.q) conditions.push(hasText(query.q, given));
  if (after) {
    const place = [after.paused, after.at, after.id].map((part) => given.bind(part));
    conditions.push(`(${urgency}) > (${place[0]}::boolean, ${place[1]}::timestamptz, ${place[2]}::text)`);
  }
  return conditions;
}

function inVertical(vertical: string): string {
  return `(${requestVertical} = ${vertical}
           OR ${requestVertical} IN (SELECT synonym FROM vertical_synonym WHERE vertical_synonym.vertical = ${vertical}))`;
}

function inLanguage(language: string, given: QueryParams): string {
  const asked = language.toLowerCase();
  if (asked === 'any') return 'request.language IS NULL';
  const one = asked.includes('-') ? 'lower(request.language)' : "lower(split_part(request.language, '-', 1))";
  return `${one} = ${given.bind(asked)}`;
}

function ofPartner(partner: string, given: QueryParams): string {
  if (partner.startsWith('org_')) return `request.organization_id = ${given.bind(partner)}`;
  return named(given.bind(toContainsPattern(partner)));
}

/** Of partners whose name is like that; found once for all their requests. */
function named(pattern: string): string {
  return `request.organization_id IN (SELECT organization.id FROM organization WHERE organization.name ILIKE ${pattern})`;
}

/** From three letters on a trigram index finds them. */
const SHORTEST_PART = 3;
const FEW = 500;

function hasText(text: string, given: QueryParams): string {
  const found = given.bind(toContainsPattern(text));
  return `(lower(request.request_id || E'\\n' || request.id || E'\\n' || request.vertical) LIKE lower(${found})
    OR ${named(found)} OR (request.assigned_count > 0 AND ${holdsHandle(text.replace(/^@/, ''), given)}))`;
}

/** Of few handles their leases are looked up; of many, or of a few letters, the leases of each request. */
function holdsHandle(text: string, given: QueryParams): string {
  const handle = given.bind(toContainsPattern(text));
  const anyOfIts = `EXISTS (
    SELECT FROM lease JOIN social_account account ON account.id = lease.social_account_id
     WHERE lease.lease_request_id = request.id AND lease.status <> 'undone' AND account.handle_key LIKE lower(${handle}))`;
  if ([...text].length < SHORTEST_PART) return anyOfIts;
  given.before.push(
    `few AS MATERIALIZED (SELECT id FROM social_account WHERE handle ILIKE ${handle} LIMIT ${FEW + 1})`,
  );
  return `CASE WHEN (SELECT count(*) FROM few) > ${FEW} THEN ${anyOfIts}
               ELSE request.id IN (SELECT lease.lease_request_id FROM few JOIN lease ON lease.social_account_id = few.id
                                    WHERE lease.status <> 'undone') END`;
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { isAllowed } from '../authorization/permissions.js';
import { isStorableText } from '../core/text.js';
import { toTextKey } from '../core/text-key.js';
import { isolatedSql } from '../core/isolated-sql.js';
import { textKeySql, toKeyPattern, toKeyPrefixPattern } from '../core/text-key-sql.js';
import { ValidationFailed } from '../core/errors.js';
import { escapeLike, literal, queryRows, sql, type Sql } from '../core/sql.js';
import { toShownReference } from '../wallets/shown-reference.js';
import { isOfPartnerLikeSql, isOpenSql, isQueuedSql, requestVertical } from '../lease-requests/lease-request-sql.js';

/** A record of the panel; `about` distinguishes it from others of the same title. */
export interface SearchHit {
  resource:
    | 'lease-requests'
    | 'social-accounts'
    | 'organizations'
    | 'api-keys'
    | 'calls'
    | 'webhook-endpoints'
    | 'webhook-deliveries'
    | 'ledger-transfers'
    | 'staff';
  id: string;
  title: string;
  about: string;
}

export const searchKinds = [
  'requests',
  'partners',
  'notes',
  'accounts',
  'keys',
  'calls',
  'endpoints',
  'deliveries',
  'transfers',
  'staff',
] as const;
export type SearchKind = (typeof searchKinds)[number];

/** At most five of each kind, or all that are read. Every role reads all of these, but staff, who manage them alone. */
export type SearchAnswer = {
  q: string;
  /** How many of each kind match; 51 where there are more than 50. */
  counts: Record<SearchKind, number>;
} & Record<SearchKind, SearchHit[]>;

/** Of a transfer with its reference, which people see in other words. */
type FoundRow = Omit<SearchHit, 'resource'> & { reference?: string | null };

interface SearchParams {
  /** An id, or part of a name, a handle, a note, a request's own id, a key or a reference, or an amount. */
  q?: unknown;
  /** `on` for all hits that are read, instead of the first five of each kind. */
  all?: unknown;
}

const MAX_HITS = 5;
/** Matches of a kind that are read; one more tells that there are more. */
const MAX_READ = 51;
/** Partners of a name whose requests are read. */
const MAX_PARTNERS = 20;
const MAX_LENGTH = 200;
/** Matches of a rare text, which are all read, and the newest rows that are looked through for a more common one. */
const MAX_RARE = 500;
const MAX_LOOKED_THROUGH = 5_000;
/** A trigram index serves three letters or more. */
const MIN_TRIGRAM_LENGTH = 3;

/** Finds requests, partners, notes, accounts, keys, calls, webhook endpoints, deliveries, transfers and staff. */
@Injectable()
export class SearchService {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ValidationFailed */
  async find({ role }: StaffCaller, { q: query, all }: SearchParams): Promise<SearchAnswer> {
    if (all !== undefined && all !== 'on') throw new ValidationFailed([{ path: 'query.all', message: 'must be on' }]);
    if (query !== undefined && (!isStorableText(query) || query.length > MAX_LENGTH)) {
      throw new ValidationFailed([{ path: 'query.q', message: `must be text of at most ${MAX_LENGTH} characters` }]);
    }
    const q = (query ?? '').trim();
    if (toTextKey(q) === '') return toAnswer(q, noHits, MAX_HITS);
    const [requests, partners, notes, accounts, keys, calls, endpoints, deliveries, transfers, staff] =
      await Promise.all([
        this.readHits('lease-requests', requestsSql(q)),
        this.readHits('organizations', partnersSql(q)),
        this.readHits('lease-requests', notesSql(q)),
        this.readHits('social-accounts', accountsSql(q)),
        this.readHits('api-keys', keysSql(q)),
        this.readHits('calls', callsSql(q)),
        this.readHits('webhook-endpoints', endpointsSql(q)),
        this.readHits('webhook-deliveries', deliveriesSql(q)),
        this.readHits('ledger-transfers', transfersSql(q)),
        isAllowed(role, 'manageStaff') ? this.readHits('staff', staffSql(q)) : [],
      ]);
    const found = { requests, partners, notes, accounts, keys, calls, endpoints, deliveries, transfers, staff };
    return toAnswer(q, found, all === 'on' ? MAX_READ - 1 : MAX_HITS);
  }

  private async readHits(resource: SearchHit['resource'], matches: Sql): Promise<SearchHit[]> {
    const found = await queryRows<FoundRow>(this.dataSource.manager, sql`${matches} LIMIT ${literal(MAX_READ)}`);
    return found.map(({ reference = null, ...hit }) => {
      const shownReference = toShownReference(reference);
      return { resource, ...hit, ...(shownReference && { about: `${hit.about} · ${shownReference}` }) };
    });
  }
}

const noHits = Object.fromEntries(searchKinds.map((kind) => [kind, []])) as unknown as Record<SearchKind, SearchHit[]>;

function toAnswer(q: string, found: Record<SearchKind, SearchHit[]>, shownOfEach: number): SearchAnswer {
  const counts = Object.fromEntries(searchKinds.map((kind) => [kind, found[kind].length]));
  const shown = Object.fromEntries(searchKinds.map((kind) => [kind, found[kind].slice(0, shownOfEach)]));
  return { q, counts, ...shown } as SearchAnswer;
}

/** A pattern for a part of a text's key; of a short one for its beginning only, which an index serves. */
function toPartPattern(text: string): string {
  return [...toTextKey(text)].length >= MIN_TRIGRAM_LENGTH ? toKeyPattern(text) : toKeyPrefixPattern(text);
}

/**
 * The ids of the newest rows that a condition is true of. A trigram index finds those of a rare text and knows no order, so those of
 * a more common one are looked for among the newest rows; behind them come older ones in no order.
 * @param at the column of the time, which has an index together with `id`
 */
function newestIdsSql(table: Sql, at: Sql, columns: Sql, condition: Sql): Sql {
  return sql`(
    WITH rare AS MATERIALIZED (SELECT id, ${at} AS at FROM ${table} WHERE ${condition} LIMIT ${literal(MAX_RARE + 1)})
    , newest AS MATERIALIZED (
      SELECT id, at FROM (SELECT id, ${at} AS at, ${columns} FROM ${table} ORDER BY ${at} DESC, id DESC LIMIT ${literal(MAX_LOOKED_THROUGH)}) recent
       WHERE (SELECT count(*) FROM rare) > ${literal(MAX_RARE)} AND ${condition} LIMIT ${literal(MAX_READ)})
    SELECT id FROM (SELECT id, at FROM rare UNION SELECT id, at FROM newest ORDER BY at DESC, id DESC LIMIT ${literal(MAX_READ)}) found)`;
}

/** Closed requests are found by id and by the partner's name, the newest of each partner; open ones by the vertical too. */
function requestsSql(q: string): Sql {
  const pattern = toPartPattern(q);
  return sql`WITH matching AS MATERIALIZED (
      ${newestIdsSql(sql`lease_request`, sql`submitted_at`, sql`request_id, sandbox`, sql`NOT sandbox AND ${textKeySql(sql`request_id`)} LIKE ${pattern}`)}
      UNION ALL
      (SELECT request.id FROM lease_request request
        WHERE ${isQueuedSql()} AND (${isOfPartnerLikeSql(pattern)} OR ${requestVertical} LIKE ${pattern})
        ORDER BY request.submitted_at DESC, request.id DESC LIMIT ${literal(MAX_READ)})
      UNION ALL
      SELECT newest.id
        FROM (SELECT id FROM organization WHERE NOT sandbox AND ${textKeySql(sql`name`)} LIKE ${pattern}
                ORDER BY ${textKeySql(sql`name`)}, id LIMIT ${literal(MAX_PARTNERS)}) partner
       CROSS JOIN LATERAL (SELECT id FROM lease_request WHERE organization_id = partner.id
                            ORDER BY submitted_at DESC, id DESC LIMIT ${literal(MAX_READ)}) newest)
    SELECT request.id, request.count || ' × ' || ${isolatedSql(sql`request.vertical`)} || ' for ' || ${isolatedSql(sql`organization.name`)} AS title,
           request.status || ' · ' || request.assigned_count || ' of ' || request.count || ' assigned · submitted '
             || to_char(request.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') || ' · ' || request.request_id AS about
      FROM lease_request request JOIN organization ON organization.id = request.organization_id
     WHERE request.id IN (SELECT id FROM matching UNION ALL SELECT ${q}::text)
     ORDER BY ${q}::text IN (request.id, request.request_id) DESC, ${isOpenSql()} DESC, request.submitted_at DESC, request.id DESC`;
}

const accountHit = sql`id, handle AS title, status || ' · ' || array_to_string(verticals, ', ') || ' · ' || language AS about`;

/** The exact match first, then any others: sorting all of them would take too long. */
function accountsSql(q: string): Sql {
  const key = toTextKey(q).replace(/^@/, '');
  const handle = textKeySql(sql`handle`);
  return sql`SELECT id, title, about FROM (
      SELECT 0 AS rank, ${accountHit} FROM social_account WHERE id = ${q} OR (NOT sandbox AND ${handle} = ${key})
      UNION ALL
      (SELECT 1 AS rank, ${accountHit} FROM social_account
        WHERE NOT sandbox AND ${handle} LIKE ${toPartPattern(key)} AND ${handle} <> ${key} LIMIT ${literal(MAX_READ)})
    ) found ORDER BY rank, ${textKeySql(sql`title`)}`;
}

function partnersSql(q: string): Sql {
  return sql`SELECT id, name AS title, CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS about
      FROM organization WHERE id = ${q} OR (NOT sandbox AND ${textKeySql(sql`name`)} LIKE ${toPartPattern(q)}) ORDER BY ${textKeySql(sql`name`)}, id`;
}

/** By its id or its prefix, of the secret before too; of a whole key, only the prefix is compared. */
function keysSql(q: string): Sql {
  const [, prefix] = /^lp_(?:live|test)_([0-9A-Z]{1,16})/i.exec(q) ?? [];
  const pattern = `${escapeLike((prefix ?? q).toUpperCase())}%`;
  return sql`SELECT api_key.id, ${isolatedSql(sql`api_key.name`)} || ' of ' || ${isolatedSql(sql`organization.name`)} AS title,
           api_key.prefix || CASE WHEN revoked_at IS NOT NULL THEN ' · revoked' WHEN killed_at IS NOT NULL THEN ' · killed' ELSE '' END AS about
      FROM api_key JOIN organization ON organization.id = api_key.organization_id
     WHERE api_key.id = ${q} OR ((api_key.prefix LIKE ${pattern} OR api_key.previous_prefix LIKE ${pattern})
             AND (NOT api_key.sandbox OR length(${prefix ?? q}::text) = 16)) ORDER BY api_key.prefix`;
}

/** By its whole id, which a partner reads in `X-Request-Id`. */
function callsSql(q: string): Sql {
  return sql`SELECT call.id, call.status || coalesce(' ' || call.code, '') || ', ' || call.method || ' ' || call.route AS title,
           ${isolatedSql(sql`organization.name`)} || ' · ' || to_char(call.called_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS about
      FROM api_call call JOIN organization ON organization.id = call.organization_id WHERE call.id = ${q}`;
}

/** By its whole id. */
function endpointsSql(q: string): Sql {
  return sql`SELECT endpoint.id, endpoint.url AS title, ${isolatedSql(sql`organization.name`)} || ' · ' || replace(endpoint.status, '_', '-') AS about
      FROM panel_webhook_endpoint endpoint JOIN organization ON organization.id = endpoint.organization_id WHERE endpoint.id = ${q}`;
}

/** By its whole id, or that of its event, which a receiver reads in `X-Layers-Event-Id`. */
function deliveriesSql(q: string): Sql {
  return sql`SELECT delivery.id, delivery.event_type || ' to ' || endpoint.url AS title,
           ${isolatedSql(sql`organization.name`)} || ' · ' || delivery.status || ' · '
             || to_char(delivery.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS about
      FROM webhook_delivery delivery
      JOIN webhook_endpoint endpoint ON endpoint.id = delivery.endpoint_id
      JOIN organization ON organization.id = delivery.organization_id
     WHERE delivery.id = ${q} OR delivery.event_id = ${q}
     ORDER BY delivery.scheduled_at DESC, delivery.id DESC`;
}

/** What staff and partners wrote on requests, the newest first; withdrawn notes are left out. */
function notesSql(q: string): Sql {
  const isOfSandbox = sql`lease_request_id IN (SELECT lease_request.id FROM lease_request WHERE lease_request.sandbox)`;
  const matches = sql`withdrawn_at IS NULL AND NOT ${isOfSandbox} AND ${textKeySql(sql`body`)} LIKE ${toPartPattern(q)}`;
  return sql`SELECT note.lease_request_id AS id, left(regexp_replace(note.body, '\\s+', ' ', 'g'), 120) AS title,
           'on ' || request.count || ' × ' || ${isolatedSql(sql`request.vertical`)} || ' for ' || ${isolatedSql(sql`organization.name`)}
             || ' · ' || ${isolatedSql(sql`coalesce(staff_user.name, note.author)`)} || ' · '
             || to_char(note.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS about
      FROM request_note note
      JOIN lease_request request ON request.id = note.lease_request_id
      JOIN organization ON organization.id = request.organization_id
      LEFT JOIN staff_user ON staff_user.id = note.staff_id
     WHERE note.id IN ${newestIdsSql(sql`request_note`, sql`created_at`, sql`withdrawn_at, body, lease_request_id`, matches)}
     ORDER BY note.created_at DESC, note.id DESC`;
}

function staffSql(q: string): Sql {
  return sql`SELECT id, name AS title, role || CASE WHEN disabled_at IS NULL THEN '' ELSE ' · disabled' END AS about
      FROM staff_user WHERE ${textKeySql(sql`name`)} LIKE ${toPartPattern(q)} ORDER BY ${textKeySql(sql`name`)}, id`;
}

const amountPattern = /^\$?\s?(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?$/;

/** `$1,250.5` → 125050; null for what is no amount, or more than a wallet may hold. */
function toCents(q: string): number | null {
  const [, dollars, cents = ''] = amountPattern.exec(q) ?? [];
  if (dollars === undefined) return null;
  const amountCents = Number(dollars.replaceAll(',', '')) * 100 + Number(cents.padEnd(2, '0'));
  return Number.isSafeInteger(amountCents) ? amountCents : null;
}

/** By its id, a part of its reference, or its amount where people moved the money: charges have only a few amounts. */
function transfersSql(q: string): Sql {
  const matches = sql`reference IS NOT NULL AND NOT sandbox AND ${textKeySql(sql`reference`)} LIKE ${toPartPattern(q)}`;
  return sql`WITH matching AS MATERIALIZED ${newestIdsSql(sql`ledger_transfer`, sql`booked_at`, sql`reference, sandbox`, matches)}
    , of_amount AS MATERIALIZED (
      SELECT id FROM ledger_transfer
       WHERE amount_cents = ${toCents(q)}::bigint AND NOT sandbox AND kind IN ('top_up', 'adjustment', 'top_up_reversal', 'payout')
       ORDER BY booked_at DESC, id DESC LIMIT ${literal(MAX_READ)})
    SELECT transfer.id,
           upper(left(transfer.kind, 1)) || replace(regexp_replace(substr(transfer.kind, 2), '^op_up', 'op-up'), '_', ' ') || ' of $'
             || to_char(transfer.amount_cents / 100.0, 'FM999,999,999,990.00') || ', ' || ${isolatedSql(sql`organization.name`)} AS title,
           to_char(transfer.booked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS about, transfer.reference
      FROM ledger_transfer transfer JOIN organization ON organization.id = transfer.organization_id
     WHERE transfer.id IN (SELECT id FROM matching UNION ALL SELECT id FROM of_amount UNION ALL SELECT ${q}::text)
     ORDER BY transfer.booked_at DESC, transfer.id DESC`;
}

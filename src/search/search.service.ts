import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isStorableText } from '../core/text.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql, toKeyPattern, toKeyPrefixPattern } from '../core/text-key-sql.js';
import { ValidationFailed } from '../core/errors.js';
import { escapeLike, literal, queryRows, sql, type Sql } from '../core/sql.js';
import { isOfPartnerLikeSql, isOpenSql, requestVertical } from '../lease-requests/lease-request-sql.js';

/** A record of the panel; `about` distinguishes it from others of the same title. */
export interface SearchHit {
  resource: 'lease-requests' | 'social-accounts' | 'organizations' | 'api-keys' | 'ledger-transfers';
  id: string;
  title: string;
  about: string;
}

/** At most five of each kind. Every role reads all of these. */
export interface SearchAnswer {
  q: string;
  requests: SearchHit[];
  accounts: SearchHit[];
  partners: SearchHit[];
  keys: SearchHit[];
  transfers: SearchHit[];
}

const MAX_HITS = 5;
const MAX_LENGTH = 200;
/** Matches that are ranked; more are not read. */
const MAX_RANKED = 200;
/** A trigram index serves three letters or more. */
const MIN_TRIGRAM_LENGTH = 3;

/** Finds requests, accounts, partners, keys and transfers. */
@Injectable()
export class SearchService {
  constructor(private readonly dataSource: DataSource) {}

  /** @param query an id, or part of a name, a handle, a request's own id, a key or a reference @throws ValidationFailed */
  async find(query: unknown): Promise<SearchAnswer> {
    if (query !== undefined && (!isStorableText(query) || query.length > MAX_LENGTH)) {
      throw new ValidationFailed([{ path: 'query.q', message: `must be text of at most ${MAX_LENGTH} characters` }]);
    }
    const q = (query ?? '').trim();
    if (toTextKey(q) === '') return { q, requests: [], accounts: [], partners: [], keys: [], transfers: [] };
    const [requests, accounts, partners, keys, transfers] = await Promise.all([
      this.readHits('lease-requests', requestsSql(q)),
      this.readHits('social-accounts', accountsSql(q)),
      this.readHits('organizations', partnersSql(q)),
      this.readHits('api-keys', keysSql(q)),
      this.readHits('ledger-transfers', transfersSql(q)),
    ]);
    return { q, requests, accounts, partners, keys, transfers };
  }

  private async readHits(resource: SearchHit['resource'], matches: Sql): Promise<SearchHit[]> {
    const found = await queryRows<Omit<SearchHit, 'resource'>>(
      this.dataSource.manager,
      sql`${matches} LIMIT ${literal(MAX_HITS)}`,
    );
    return found.map((hit) => ({ resource, ...hit }));
  }
}

/** A pattern for a part of a text's key; of a short one for its beginning only, which an index serves. */
function toPartPattern(text: string): string {
  return [...toTextKey(text)].length >= MIN_TRIGRAM_LENGTH ? toKeyPattern(text) : toKeyPrefixPattern(text);
}

/** Closed requests are found by id only, not by the partner's name or the vertical. */
function requestsSql(q: string): Sql {
  const pattern = toPartPattern(q);
  return sql`WITH matching AS MATERIALIZED (
      (SELECT id FROM lease_request WHERE ${textKeySql(sql`request_id`)} LIKE ${pattern} LIMIT ${literal(MAX_RANKED)})
      UNION ALL
      (SELECT request.id FROM lease_request request
        WHERE ${isOpenSql()} AND (${isOfPartnerLikeSql(pattern)} OR ${requestVertical} LIKE ${pattern}) LIMIT ${literal(MAX_RANKED)}))
    SELECT request.id, request.request_id AS title,
           organization.name || ' · ' || request.vertical || ' · ' || request.assigned_count || ' of ' || request.count
             || ' · ' || request.status AS about
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
      SELECT 0 AS rank, ${accountHit} FROM social_account WHERE id = ${q} OR ${handle} = ${key}
      UNION ALL
      (SELECT 1 AS rank, ${accountHit} FROM social_account
        WHERE ${handle} LIKE ${toPartPattern(key)} AND ${handle} <> ${key} LIMIT ${literal(MAX_HITS)})
    ) found ORDER BY rank, ${textKeySql(sql`title`)}`;
}

function partnersSql(q: string): Sql {
  return sql`SELECT id, name AS title, CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS about
      FROM organization WHERE id = ${q} OR ${textKeySql(sql`name`)} LIKE ${toPartPattern(q)} ORDER BY ${textKeySql(sql`name`)}, id`;
}

/** By its id or its prefix; of a whole key, only the prefix is compared. */
function keysSql(q: string): Sql {
  const [, prefix] = /^lp_(?:live|test)_([0-9A-Z]{1,16})/i.exec(q) ?? [];
  const pattern = `${escapeLike((prefix ?? q).toUpperCase())}%`;
  return sql`SELECT api_key.id, api_key.prefix AS title,
           organization.name || ' · ' || api_key.name
             || CASE WHEN revoked_at IS NOT NULL THEN ' · revoked' WHEN killed_at IS NOT NULL THEN ' · killed' ELSE '' END AS about
      FROM api_key JOIN organization ON organization.id = api_key.organization_id
     WHERE api_key.id = ${q} OR api_key.prefix LIKE ${pattern} ORDER BY api_key.prefix`;
}

function transfersSql(q: string): Sql {
  return sql`WITH matching AS MATERIALIZED (
      SELECT id FROM ledger_transfer WHERE reference IS NOT NULL AND ${textKeySql(sql`reference`)} LIKE ${toPartPattern(q)} LIMIT ${literal(MAX_RANKED)})
    SELECT transfer.id, coalesce(transfer.reference, transfer.id) AS title,
           organization.name || ' · ' || replace(transfer.kind, '_', ' ') || ' · $'
             || to_char(transfer.amount_cents / 100.0, 'FM999,999,999,990.00') AS about
      FROM ledger_transfer transfer JOIN organization ON organization.id = transfer.organization_id
     WHERE transfer.id IN (SELECT id FROM matching UNION ALL SELECT ${q}::text)
     ORDER BY transfer.booked_at DESC, transfer.id DESC`;
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isStorableText } from '../core/text.js';
import { ValidationFailed } from '../core/errors.js';
import { toContainsPattern, escapeLike, queryRows } from '../core/sql.js';

/** One thing that was found: the resource and the record's id are where it is, `title` what it is called, `about` what tells it from others. */
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

const MAX_OF_EACH = 5;
const MAX_LENGTH = 200;
/** Of more that match, some are enough: who sees five of the wrong ones types on. */
const LOOKED_AT = 200;
/** A trigram index answers from three letters on. */
const SHORTEST_PART = 3;

/** The box that finds a request, an account, a partner, a key or a transfer. */
@Injectable()
export class SearchService {
  constructor(private readonly dataSource: DataSource) {}

  /** @param typed an id, or part of a name, a handle, a request's own id, a key or a reference @throws ValidationFailed */
  async find(typed: unknown): Promise<SearchAnswer> {
    if (typed !== undefined && (!isStorableText(typed) || typed.length > MAX_LENGTH)) {
      throw new ValidationFailed([{ path: 'query.q', message: `must be text of at most ${MAX_LENGTH} characters` }]);
    }
    const q = (typed ?? '').trim();
    if (q === '') return { q, requests: [], accounts: [], partners: [], keys: [], transfers: [] };
    const [requests, accounts, partners, keys, transfers] = await Promise.all([
      this.found('lease-requests', findRequests(q), q),
      this.found('social-accounts', findAccounts(q.replace(/^@/, '').toLowerCase()), q),
      this.found('organizations', findPartners(q), q),
      this.found('api-keys', findKeys(q), q),
      this.found('ledger-transfers', findTransfers(q), q),
    ]);
    return { q, requests, accounts, partners, keys, transfers };
  }

  private async found(resource: SearchHit['resource'], { text, pattern }: Question, id: string): Promise<SearchHit[]> {
    const found = await queryRows<Omit<SearchHit, 'resource'>>(
      this.dataSource.manager,
      `${text} LIMIT ${MAX_OF_EACH}`,
      [id, pattern],
    );
    return found.map((one) => ({ resource, ...one }));
  }
}

/** `$1` is what was typed, `$2` the pattern. */
interface Question {
  text: string;
  pattern: string;
}

/** From a few letters only the beginning can be looked up fast. */
function toPart(text: string): string {
  return [...text].length >= SHORTEST_PART ? toContainsPattern(text) : `${escapeLike(text)}%`;
}

/** By the partner's name and the vertical open ones alone: what is done is found by its id. */
function findRequests(q: string): Question {
  return {
    text: `WITH matching AS MATERIALIZED (
             (SELECT id FROM lease_request WHERE request_id ILIKE $2 LIMIT ${LOOKED_AT})
             UNION ALL
             (SELECT request.id FROM lease_request request JOIN organization ON organization.id = request.organization_id
               WHERE request.status = 'requested' AND (organization.name ILIKE $2 OR request.vertical ILIKE $2) LIMIT ${LOOKED_AT}))
           SELECT request.id, request.request_id AS title,
                  organization.name || ' · ' || request.vertical || ' · ' || request.assigned_count || ' of ' || request.count
                    || ' · ' || request.status AS about
             FROM lease_request request JOIN organization ON organization.id = request.organization_id
            WHERE request.id IN (SELECT id FROM matching UNION ALL SELECT $1::text)
            ORDER BY $1 IN (request.id, request.request_id) DESC, request.status = 'requested' DESC, request.submitted_at DESC, request.id DESC`,
    pattern: toPart(q),
  };
}

const account = `id, handle AS title, status || ' · ' || array_to_string(verticals, ', ') || ' · ' || language AS about`;

function findAccounts(handle: string): Question {
  return {
    // The very one first; of the others any, for to sort them all takes as long as they are many.
    text: `SELECT id, title, about FROM (
             SELECT 0 AS turn, ${account} FROM social_account WHERE id = $1 OR handle_key = lower(ltrim($1::text, '@'))
             UNION ALL
             (SELECT 1 AS turn, ${account} FROM social_account WHERE handle ILIKE $2 AND handle_key <> lower(ltrim($1::text, '@')) LIMIT ${MAX_OF_EACH})
           ) found ORDER BY turn, title`,
    pattern: toPart(handle),
  };
}

function findPartners(q: string): Question {
  return {
    text: `SELECT id, name AS title, CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS about
             FROM organization WHERE id = $1 OR name ILIKE $2 ORDER BY name, id`,
    pattern: toPart(q),
  };
}

/** A key is known by its prefix; whoever has all of a key before them finds it by that part, and the secret part is looked at nowhere. */
function findKeys(q: string): Question {
  const [, prefix] = /^lp_(?:live|test)_([0-9A-Z]{1,16})/i.exec(q) ?? [];
  return {
    text: `SELECT api_key.id, api_key.prefix AS title,
                  organization.name || ' · ' || api_key.name
                    || CASE WHEN revoked_at IS NOT NULL THEN ' · revoked' WHEN killed_at IS NOT NULL THEN ' · killed' ELSE '' END AS about
             FROM api_key JOIN organization ON organization.id = api_key.organization_id
            WHERE api_key.id = $1 OR api_key.prefix LIKE $2 ORDER BY api_key.prefix`,
    pattern: `${escapeLike((prefix ?? q).toUpperCase())}%`,
  };
}

function findTransfers(q: string): Question {
  return {
    text: `WITH matching AS MATERIALIZED (SELECT id FROM ledger_transfer WHERE reference ILIKE $2 LIMIT ${LOOKED_AT})
           SELECT transfer.id, coalesce(transfer.reference, transfer.id) AS title,
                  organization.name || ' · ' || replace(transfer.kind, '_', ' ') || ' · $' || to_char(transfer.amount_cents / 100.0, 'FM999,999,999,990.00') AS about
             FROM ledger_transfer transfer JOIN organization ON organization.id = transfer.organization_id
            WHERE transfer.id IN (SELECT id FROM matching UNION ALL SELECT $1::text)
            ORDER BY transfer.booked_at DESC, transfer.id DESC`,
    pattern: toPart(q),
  };
}

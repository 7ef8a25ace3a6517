import { randomFillSync, randomUUID } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const randomBytes = new Uint8Array(4096);
let used = randomBytes.length;

/** A random number in [0, 1), from a pool: asking the system for one byte at a time costs 5 % of the hot path. */
function pooledRandom(): number {
  if (used === randomBytes.length) {
    randomFillSync(randomBytes);
    used = 0;
  }
  return randomBytes[used++]! / 256;
}

const ulid = monotonicFactory(pooledRandom);

const ulidPrefixes = ['lreq', 'lse', 'note', 'txn', 'evt', 'req', 'imp', 'mov', 'del', 'alr'] as const;
type UlidPrefix = (typeof ulidPrefixes)[number];
type UuidPrefix = 'org' | 'prj' | 'sa' | 'key' | 'stf' | 'whe';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Our id of a lease request, `lreq_<ULID>`. */
export type LeaseRequestId = Branded<'LeaseRequestId'>;
/** The partner's id of a lease request, or ours where the partner gave none: the API's `requestId`. */
export type PartnerRequestId = Branded<'PartnerRequestId'>;
/** The id of one call of the API, the panel or the command line, `req_<ULID>`: the API's `X-Request-Id`. */
export type CallId = Branded<'CallId'>;
/** The id of an event, `evt_<ULID>`. */
export type EventId = Branded<'EventId'>;

interface IdOfPrefix {
  lreq: LeaseRequestId;
  req: CallId;
  evt: EventId;
}

/** A new id: `<prefix>_<ULID>` or `<prefix>_<uuid>`, by its kind as the contract says. */
export function newId<Prefix extends UlidPrefix | UuidPrefix>(
  prefix: Prefix,
): Prefix extends keyof IdOfPrefix ? IdOfPrefix[Prefix] : string;
export function newId(prefix: UlidPrefix | UuidPrefix): string {
  const unique = (ulidPrefixes as readonly string[]).includes(prefix) ? ulid() : randomUUID();
  return `${prefix}_${unique}`;
}

/** For the API reference too, whose patterns have no flags. */
export const UUID_PATTERN = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';
/** 26 characters of Crockford base32 that fit 128 bits. */
export const ULID_PATTERN = '[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}';

const UUID = new RegExp(`^${UUID_PATTERN}$`);
const ULID = new RegExp(`^${ULID_PATTERN}$`);

/** Of any version and case. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function isUlid(value: string): boolean {
  return ULID.test(value);
}

export function isPrefixedUlid(prefix: UlidPrefix, value: string): boolean {
  return value.startsWith(`${prefix}_`) && isUlid(value.slice(prefix.length + 1));
}

export function isPrefixedUuid(prefix: UuidPrefix, value: string): boolean {
  return value.startsWith(`${prefix}_`) && isUuid(value.slice(prefix.length + 1));
}

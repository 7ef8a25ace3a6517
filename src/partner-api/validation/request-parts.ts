import type { Request } from 'express';
import { isUlid, isUuid, ULID_PATTERN, UUID_PATTERN } from '../../core/ids.js';
import { validationRule } from '../../core/validation.js';
import { Field } from './field.js';
import { fingerprint } from '../fingerprint.js';

type Class<T = object> = new () => T;

/** The parts of a call that a route reads; the others must be empty. */
export interface RequestParts {
  path?: Class;
  query?: Class;
  body?: Class;
}

type ReadParts<P extends RequestParts> = { [Part in keyof P]: P[Part] extends Class<infer T> ? T : never };

/** The base class of a reading call. */
export function ReadOf<P extends RequestParts>(parts: P) {
  abstract class CheckedRead {
    static readonly parts = parts;
  }
  // TypeScript cannot infer a class whose fields come from a type parameter; `readRequest` sets them.
  return CheckedRead as unknown as RequestClass<ReadParts<P>> & { parts: P };
}

/** The base class of a mutating call, which may have an Idempotency-Key. */
export function MutationOf<P extends RequestParts>(parts: P) {
  abstract class CheckedMutation extends Mutation {
    static readonly parts = { ...parts, headers: IdempotencyHeader };
  }
  // As above.
  return CheckedMutation as unknown as RequestClass<ReadParts<P> & Mutation> & {
    parts: P & { headers: typeof IdempotencyHeader };
  };
}

type RequestClass<T> = new () => T;

export class IdempotencyHeader {
  @Field({
    required: false,
    type: 'string',
    description:
      'A UUID of any version or a ULID. The same key with the same call replays the first answer for 24 hours; with another call it is a 409.',
    // Without an example: a key that is tried out twice would be a 409.
    pattern: `^(${UUID_PATTERN}|${ULID_PATTERN})$`,
  })
  @validationRule('isIdempotencyKey', (value) =>
    typeof value === 'string' && (isUuid(value) || isUlid(value)) ? null : 'must be a UUID or a ULID',
  )
  'Idempotency-Key'?: string;
}

/** What `IdempotencyService` needs of a call. */
export abstract class Mutation {
  headers: IdempotencyHeader;
  /** Equal for calls with the same method, path and parsed body. */
  fingerprint: Buffer;
  /** Of the parsed body alone. */
  bodyFingerprint: Buffer;

  /** In lower case, since the case of a UUID or ULID means nothing. */
  get idempotencyKey(): string | null {
    return this.headers['Idempotency-Key']?.toLowerCase() ?? null;
  }

  /** Only for a request whose parts were checked. */
  setFingerprints(request: Pick<Request, 'body' | 'method' | 'params' | 'route'>): void {
    const body: unknown = request.body ?? {};
    this.bodyFingerprint = fingerprint(body);
    this.fingerprint = fingerprint(request.method, request.route.path, request.params, body);
  }
}

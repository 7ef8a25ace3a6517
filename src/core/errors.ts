import { formatDollars } from './money.js';

/** One fault of a request: `path` as in the contract (`niche.geo[1]`, `query.limit`, `header.Idempotency-Key`). */
export interface FieldError {
  path: string;
  message: string;
}

/** The stable codes of the error envelope and the HTTP status of each (contract: Error envelope). */
export const statusOfCode = {
  UNAUTHENTICATED: 401,
  BILLING_EXHAUSTED: 402,
  FORBIDDEN_SCOPE: 403,
  FORBIDDEN_ROLE: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  VALIDATION: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  KILL_SWITCH: 503,
  UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof statusOfCode;

/** A refusal with a stable code, a sentence that may be shown to the caller, and the facts behind it. Nothing has changed when one is thrown. */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  readonly details?: Record<string, unknown>;
  /** Whole seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;

  get status(): number {
    return statusOfCode[this.code];
  }
}

export class Unauthenticated extends DomainError {
  readonly code = 'UNAUTHENTICATED';
  constructor(message = 'The API key is missing or invalid.') {
    super(message);
  }
}

export class ForbiddenScope extends DomainError {
  readonly code = 'FORBIDDEN_SCOPE';
  override readonly details: { requiredScope: string };
  constructor(requiredScope: string) {
    super(`This API key lacks the scope ${requiredScope}.`);
    this.details = { requiredScope };
  }
}

/** A staff member asked for something that their role, or the time that has passed, does not allow. */
export class ForbiddenRole extends DomainError {
  readonly code = 'FORBIDDEN_ROLE';
}

/** How many faults the sentence names, and how many are listed: an answer stays small whatever was sent. */
const MAX_ERRORS_IN_MESSAGE = 10;
const MAX_ERRORS_LISTED = 100;

export class ValidationFailed extends DomainError {
  readonly code = 'VALIDATION';
  override readonly details: { fields: FieldError[] };
  constructor(fields: FieldError[]) {
    const told = fields.slice(0, MAX_ERRORS_IN_MESSAGE).map((fault) => `${fault.path}: ${fault.message}`);
    if (fields.length > told.length) told.push(`and ${fields.length - told.length} more`);
    super(told.join('; '));
    this.details = { fields: fields.slice(0, MAX_ERRORS_LISTED) };
  }
}

export class WalletShort extends DomainError {
  readonly code = 'BILLING_EXHAUSTED';
  override readonly details: { balanceCents: number; requiredCents: number };
  constructor(balanceCents: number, requiredCents: number) {
    super(`The wallet holds ${formatDollars(balanceCents)}; ${formatDollars(requiredCents)} are needed.`);
    this.details = { balanceCents, requiredCents };
  }
}

export class NotFound extends DomainError {
  readonly code = 'NOT_FOUND';
  constructor(what = 'This resource') {
    super(`${what} was not found.`);
  }
}

export type ConflictReason =
  | 'idempotency_key_reused'
  | 'request_id_reused'
  | 'stale'
  | 'claimed'
  | 'request_closed'
  | 'account_taken'
  | 'price_changed'
  | 'reference_reused'
  | 'already_exists'
  | 'in_use'
  | 'not_allowed_now'
  | 'suspended'
  | 'money_frozen';

/** The state of things does not allow this, though the input is well-formed. */
export class Conflict extends DomainError {
  readonly code = 'CONFLICT';
  override readonly details: { reason: ConflictReason } & Record<string, unknown>;
  constructor(reason: ConflictReason, message: string, facts: Record<string, unknown> = {}) {
    super(message);
    this.details = { reason, ...facts };
  }
}

export class RateLimited extends DomainError {
  readonly code = 'RATE_LIMITED';
  override readonly details: { endpointClass: string; limit: 'minute' | 'day' };
  constructor(
    endpointClass: string,
    limit: 'minute' | 'day',
    override readonly retryAfterSeconds: number,
    what = `The ${limit} limit of ${endpointClass} calls is used up`,
  ) {
    super(`${what}; try again in ${retryAfterSeconds} s.`);
    this.details = { endpointClass, limit };
  }
}

export class KillSwitch extends DomainError {
  readonly code = 'KILL_SWITCH';
  override readonly details: { scope: 'key' | 'organization' };
  constructor(scope: 'key' | 'organization') {
    super(scope === 'key' ? 'This API key is switched off.' : 'This organization is suspended.');
    this.details = { scope };
  }
}

export class PayloadTooLarge extends DomainError {
  readonly code = 'PAYLOAD_TOO_LARGE';
  constructor() {
    super('The body is larger than 64 KiB.');
  }
}

/** The database is out of reach or too busy. The work was done wholly or not at all. */
export class Unavailable extends DomainError {
  readonly code = 'UNAVAILABLE';
  override readonly retryAfterSeconds = 2;
  constructor(message = 'The service is out of reach of its database for the moment; try again shortly.') {
    super(message);
  }
}

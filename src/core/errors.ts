import { formatDollars } from './money.js';

/** One validation error. */
export interface FieldError {
  /** As in the contract: `niche.geo[1]`, `query.limit`, `header.Idempotency-Key`. */
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
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  VALIDATION: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  KILL_SWITCH: 503,
  UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof statusOfCode;

/** An error with a stable code, a message that may be shown to the caller, and the facts behind it. Nothing has changed when one is thrown. */
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
  constructor(message = 'The API key is invalid: unknown, revoked, or from the other environment.') {
    super(message);
  }
}

export class ForbiddenScope extends DomainError {
  readonly code = 'FORBIDDEN_SCOPE';
  override readonly details: { requiredScope: string };
  constructor(requiredScope: string, message = `This API key lacks the scope ${requiredScope}.`) {
    super(message);
    this.details = { requiredScope };
  }
}

/** The role of a staff member, or the time that has passed, does not allow the action. */
export class ForbiddenRole extends DomainError {
  readonly code = 'FORBIDDEN_ROLE';
}

/** How many errors the message names, and how many are listed: the response stays small whatever was sent. */
const MAX_ERRORS_IN_MESSAGE = 10;
const MAX_ERRORS_LISTED = 100;

export class ValidationFailed extends DomainError {
  readonly code = 'VALIDATION';
  override readonly details: { fields: FieldError[] };
  constructor(fields: FieldError[]) {
    const messages = fields.slice(0, MAX_ERRORS_IN_MESSAGE).map(({ path, message }) => `${path}: ${message}`);
    if (fields.length > messages.length) messages.push(`and ${fields.length - messages.length} more`);
    super(messages.join('; '));
    this.details = { fields: fields.slice(0, MAX_ERRORS_LISTED) };
  }
}

export class WalletShort extends DomainError {
  readonly code = 'BILLING_EXHAUSTED';
  override readonly details: { balanceCents: number; requiredCents: number };
  constructor(balanceCents: number, requiredCents: number) {
    super(`The wallet holds ${formatDollars(balanceCents)}; ${formatDollars(requiredCents)} is needed.`);
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
  | 'reply_unread'
  | 'account_taken'
  | 'price_changed'
  | 'reference_reused'
  | 'reference_reversed'
  | 'unusual_amount'
  | 'earlier_month_open'
  | 'already_exists'
  | 'in_use'
  | 'key_killed'
  | 'key_revoked'
  | 'limit_reached'
  | 'not_allowed_now'
  | 'suspended'
  | 'money_frozen';

/** The input is well-formed, but the current state does not allow it. */
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
    what = `The ${limit} limit of ${endpointClass} calls is reached`,
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
  constructor(limitBytes: number) {
    super(`The body is larger than ${limitBytes / 1024} KiB.`);
  }
}

export class MethodNotAllowed extends DomainError {
  readonly code = 'METHOD_NOT_ALLOWED';
  override readonly details: { allow: string[] };
  /** @param allow the methods of this path */
  constructor(method: string, allow: string[]) {
    super(`This path does not support ${method}; it supports ${allow.join(', ')}.`);
    this.details = { allow };
  }
}

/** The database is out of reach, takes no writes, is too busy or had its clock set. The work was done completely or not at all. */
export class Unavailable extends DomainError {
  readonly code = 'UNAVAILABLE';
  override readonly retryAfterSeconds = 2;
  /** @param options its `cause` is for the log alone */
  constructor(message = 'The service cannot reach its database; try again shortly.', options?: ErrorOptions) {
    super(message, options);
  }
}

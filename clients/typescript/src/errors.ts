import type { ErrorCode } from './types.js';

/** Every error of this package. */
export class LayersError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

export interface ApiErrorFacts {
  /** The HTTP status. */
  status: number;
  /** What to branch on. `UNKNOWN` where the answer was not one of the API, but of a proxy before it, say. */
  code: string;
  message: string;
  /** The id of the call (`req_…`), to tell support. */
  requestId: string | null;
  details: Readonly<Record<string, unknown>>;
  /** In seconds, from `Retry-After`. */
  retryAfter: number | null;
  /** Of a write: the same call with this key again is done once. */
  idempotencyKey: string | null;
}

/** An answer that refuses, or that tells of a failure. Codes that are newer than this package have no class of their own. */
export class ApiError extends LayersError {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | null;

  constructor({ status, code, message, requestId, details, idempotencyKey }: ApiErrorFacts) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.details = details;
    this.idempotencyKey = idempotencyKey;
  }
}

/** 401: the key is missing, malformed, unknown or revoked. */
export class Unauthenticated extends ApiError {}

/** 403: the key lacks the scope of the route. */
export class ForbiddenScope extends ApiError {
  get requiredScope(): string | undefined {
    return this.details.requiredScope as string | undefined;
  }
}

/** 422: every fault of the call is listed. */
export class ValidationError extends ApiError {
  get fields(): { path: string; message: string }[] {
    return (this.details.fields ?? []) as { path: string; message: string }[];
  }
}

/** 402: the wallet would not cover even one account; the request is not queued. */
export class BillingExhausted extends ApiError {
  get balanceCents(): number | undefined {
    return this.details.balanceCents as number | undefined;
  }

  get requiredCents(): number | undefined {
    return this.details.requiredCents as number | undefined;
  }
}

/** 404: not there, or not yours. */
export class NotFound extends ApiError {}

/** 409: a key or an id was used for another call, or the state does not allow it. */
export class Conflict extends ApiError {
  get reason(): string | undefined {
    return this.details.reason as string | undefined;
  }
}

/** 429: a budget is used up. */
export class RateLimited extends ApiError {
  /** Seconds after which a call makes sense again. */
  readonly retryAfter: number | null;

  constructor(facts: ApiErrorFacts) {
    super(facts);
    this.retryAfter = facts.retryAfter;
  }
}

/** 503: the key is switched off or the organization suspended. Never retried. */
export class KillSwitch extends ApiError {
  get scope(): 'key' | 'organization' | (string & {}) | undefined {
    return this.details.scope as string | undefined;
  }
}

/** 405: the path has no such method. */
export class MethodNotAllowed extends ApiError {}

/** 413: the body is over 64 KiB. */
export class PayloadTooLarge extends ApiError {}

/** 500: an error of the service. Never retried: it may come back with each call. */
export class InternalError extends ApiError {}

/** 503, or a proxy’s 502 and 504: the call was done wholly or not at all, and the same idempotency key tells which. */
export class Unavailable extends ApiError {
  /** Seconds after which a call makes sense again. */
  readonly retryAfter: number | null;

  constructor(facts: ApiErrorFacts) {
    super(facts);
    this.retryAfter = facts.retryAfter;
  }
}

/** No whole answer came: not connected, cut off, or not JSON. A write may have been done. */
export class ConnectionError extends LayersError {
  /** Of a write: the same call with this key again is done once. */
  readonly idempotencyKey: string | null;

  constructor(message: string, { cause, idempotencyKey = null }: { cause?: unknown; idempotencyKey?: string | null }) {
    super(message, cause === undefined ? undefined : { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

/** The time that a call or a wait was given is over; `cause` is the error of the last try, if it had one. A write may have been done. */
export class TimeoutError extends ConnectionError {}

/** A webhook that is not genuine, or too old. */
export class WebhookVerificationError extends LayersError {
  constructor(
    readonly reason:
      'signature_missing' | 'signature_malformed' | 'signature_wrong' | 'too_old' | 'too_new' | 'body_malformed',
    message: string,
  ) {
    super(message);
  }
}

const classes = {
  UNAUTHENTICATED: Unauthenticated,
  FORBIDDEN_SCOPE: ForbiddenScope,
  VALIDATION: ValidationError,
  BILLING_EXHAUSTED: BillingExhausted,
  NOT_FOUND: NotFound,
  CONFLICT: Conflict,
  RATE_LIMITED: RateLimited,
  KILL_SWITCH: KillSwitch,
  METHOD_NOT_ALLOWED: MethodNotAllowed,
  PAYLOAD_TOO_LARGE: PayloadTooLarge,
  INTERNAL: InternalError,
  UNAVAILABLE: Unavailable,
} satisfies Record<ErrorCode, typeof ApiError>;

const classOfCode = new Map<string, typeof ApiError>([...Object.entries(classes), ['IDEMPOTENCY_CONFLICT', Conflict]]);

export function toApiError(facts: ApiErrorFacts): ApiError {
  return new (classOfCode.get(facts.code) ?? (facts.status === 429 ? RateLimited : ApiError))(facts);
}

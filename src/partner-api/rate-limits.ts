import type { Response } from 'express';

export const endpointClasses = ['read-light', 'write-light'] as const;
export type EndpointClass = (typeof endpointClasses)[number];

interface Limit {
  perMinute: number;
  /** In one UTC day; reads have none. */
  perDay: number | null;
}

/** Calls a key may make (contract: Rate limits). A tier that is not here, `internal`, has no limit and no headers. */
export const rateLimits = {
  standard: { 'read-light': { perMinute: 120, perDay: null }, 'write-light': { perMinute: 60, perDay: 10_000 } },
  pilot: { 'read-light': { perMinute: 1_200, perDay: null }, 'write-light': { perMinute: 600, perDay: 100_000 } },
  partner: { 'read-light': { perMinute: 6_000, perDay: null }, 'write-light': { perMinute: 3_000, perDay: 500_000 } },
} as const satisfies Record<string, Record<EndpointClass, Limit>>;

/** The class of a route: every GET reads, everything else writes. */
export function getEndpointClass(method: string): EndpointClass {
  return method === 'GET' || method === 'HEAD' ? 'read-light' : 'write-light';
}

/** One bucket as it stands after this call. */
export interface Bucket {
  span: 'minute' | 'day';
  limit: number;
  taken: number;
  /** Unix seconds. */
  endsAt: number;
  /** Whole seconds from now until then, at least 1. */
  secondsLeft: number;
}

/** The bucket that a caller is told of: the minute's, unless it is the day's that is empty. */
export function chooseShownBucket(minute: Bucket, day: Bucket | null): Bucket {
  return day && left(day) === 0 ? day : minute;
}

/**
 * The bucket that refused a call. Callers racing for the last token read counts from just before it went: nobody's is at its limit then,
 * and the one nearer to it is the one that was met.
 */
export function findEmptyBucket(minute: Bucket, day: Bucket | null): Bucket {
  const empty = day && (left(day) === 0 || left(day) < left(minute)) ? day : minute;
  return { ...empty, taken: empty.limit };
}

function left(bucket: Bucket): number {
  return Math.max(0, bucket.limit - bucket.taken);
}

/** Tells the caller what is left (contract: Rate limits). */
export function setRateHeaders(response: Response, endpointClass: EndpointClass, bucket: Bucket): void {
  response.setHeader('X-RateLimit-Limit', String(bucket.limit));
  response.setHeader('X-RateLimit-Remaining', String(left(bucket)));
  response.setHeader('X-RateLimit-Reset', String(bucket.endsAt));
  response.setHeader('X-RateLimit-Endpoint-Class', endpointClass);
}

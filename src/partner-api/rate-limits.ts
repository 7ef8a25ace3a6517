import type { Response } from 'express';

export const endpointClasses = ['read-light', 'write-light'] as const;
export type EndpointClass = (typeof endpointClasses)[number];

interface Limit {
  perMinute: number;
  /** Per UTC day; reads have no such limit. */
  perDay: number | null;
}

/** By tier (contract: Rate limits). The tier `internal` is not here: it has no limits and no headers. */
export const rateLimits = {
  standard: { 'read-light': { perMinute: 120, perDay: null }, 'write-light': { perMinute: 60, perDay: 10_000 } },
  pilot: { 'read-light': { perMinute: 1_200, perDay: null }, 'write-light': { perMinute: 600, perDay: 100_000 } },
  partner: { 'read-light': { perMinute: 6_000, perDay: null }, 'write-light': { perMinute: 3_000, perDay: 500_000 } },
} as const satisfies Record<string, Record<EndpointClass, Limit>>;

export function getEndpointClass(method: string): EndpointClass {
  return method === 'GET' || method === 'HEAD' ? 'read-light' : 'write-light';
}

/** A bucket after this call. */
export interface Bucket {
  span: 'minute' | 'day';
  limit: number;
  taken: number;
  /** Unix seconds. */
  endsAt: number;
  /** Whole seconds until then, at least 1. */
  secondsLeft: number;
}

/** The bucket of the headers: the minute's, unless the day's is empty. */
export function chooseShownBucket(minute: Bucket, day: Bucket | null): Bucket {
  return day && getRemaining(day) === 0 ? day : minute;
}

/**
 * The bucket that refused a call. Of calls that race for the last token, the losers read the counts before it was taken: then neither
 * bucket is empty, and the one with less left is the one that refused.
 */
export function findEmptyBucket(minute: Bucket, day: Bucket | null): Bucket {
  const empty = day && (getRemaining(day) === 0 || getRemaining(day) < getRemaining(minute)) ? day : minute;
  return { ...empty, taken: empty.limit };
}

function getRemaining(bucket: Bucket): number {
  return Math.max(0, bucket.limit - bucket.taken);
}

/** Contract: Rate limits. */
export function setRateHeaders(response: Response, endpointClass: EndpointClass, bucket: Bucket): void {
  response.setHeader('X-RateLimit-Limit', String(bucket.limit));
  response.setHeader('X-RateLimit-Remaining', String(getRemaining(bucket)));
  response.setHeader('X-RateLimit-Reset', String(bucket.endsAt));
  response.setHeader('X-RateLimit-Endpoint-Class', endpointClass);
}

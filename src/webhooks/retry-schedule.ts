const SECOND_MS = 1_000;
/** What lies between an attempt and the one after it (contract: Webhooks). */
const delaysSeconds = [30, 60, 300, 900, 3_600, 21_600, 86_400];
export const MAX_ATTEMPTS = delaysSeconds.length + 1;
/** Later by up to a tenth, so that what failed together does not come back together; never earlier. */
const JITTER = 0.1;
/** A receiver may ask for more time, up to the longest delay of our own. */
const MAX_RETRY_AFTER_MS = 86_400 * SECOND_MS;

/**
 * How long to wait for the next attempt, in milliseconds; `null` when there is none.
 * @param attempts made so far
 * @param retryAfterMs that the receiver asked for
 */
export function getRetryDelayMs(attempts: number, retryAfterMs: number | null, random = Math.random()): number | null {
  const delaySeconds = delaysSeconds[attempts - 1];
  if (delaySeconds === undefined) return null;
  const delayMs = Math.max(delaySeconds * SECOND_MS, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
  return Math.round(delayMs * (1 + JITTER * random));
}

/** Milliseconds of a `Retry-After`, in seconds or as a date; `null` for anything else. */
export function parseRetryAfter(text: string | undefined, now: Date): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  // An HTTP date; `Date.parse` takes too many other texts.
  const at = /^[A-Z][a-z]{2},? .*GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

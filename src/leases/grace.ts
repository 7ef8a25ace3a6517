/** Days from the first failed renewal until the account is disconnected, with one attempt each (contract: Billing). */
export const GRACE_DAYS = 7;
const DAY_MS = 86_400_000;

/** The attempts to charge a lease that is past due. */
export interface PastDue {
  /** The first attempt that failed; the grace period begins here. */
  pastDueSince: Date;
  /** When the next daily attempt is made. */
  retryAt: Date;
  /** Days with an attempt, the first one included. */
  graceDaysTried: number;
}

/** @returns `null` for a lease that is not past due */
export function toPastDue({
  pastDueSince,
  retryAt,
  graceDaysTried,
}: {
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
}): PastDue | null {
  return pastDueSince && retryAt ? { pastDueSince, retryAt, graceDaysTried } : null;
}

/** After a renewal that failed for the first time. */
export function startPastDue(now: Date): PastDue {
  return { pastDueSince: now, retryAt: new Date(now.getTime() + DAY_MS), graceDaysTried: 1 };
}

/** After a daily attempt that failed again. Attempts keep the time of day of the first one, even after a late one. */
export function recordFailure(pastDue: PastDue, now: Date): PastDue {
  const { pastDueSince, graceDaysTried } = pastDue;
  const day = Math.floor((now.getTime() - pastDueSince.getTime()) / DAY_MS);
  const retryAt = new Date(pastDueSince.getTime() + (day + 1) * DAY_MS);
  return { pastDueSince, retryAt, graceDaysTried: graceDaysTried + 1 };
}

/** Whether an attempt that fails now is the last one: seven days have passed, and each had its attempt. */
export function isGraceOver({ pastDueSince, graceDaysTried }: PastDue, now: Date): boolean {
  return graceDaysTried >= GRACE_DAYS && now.getTime() >= pastDueSince.getTime() + GRACE_DAYS * DAY_MS;
}

/** When the account is disconnected unless the wallet is topped up; after more than seven days where attempts were missed. */
export function getDisconnectsAt({ pastDueSince, retryAt, graceDaysTried }: PastDue): Date {
  const afterGrace = pastDueSince.getTime() + GRACE_DAYS * DAY_MS;
  const afterAttempts = retryAt.getTime() + (GRACE_DAYS - graceDaysTried) * DAY_MS;
  return new Date(Math.max(afterGrace, afterAttempts));
}

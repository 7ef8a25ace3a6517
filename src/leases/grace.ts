/** Days from the first failed renewal until the account is disconnected, each with an attempt of its own (contract: Billing). */
export const GRACE_DAYS = 7;
const DAY_MS = 86_400_000;

/** What a lease that is past due remembers of its attempts. */
export interface PastDue {
  /** The first attempt that failed; the days of grace begin here. */
  pastDueSince: Date;
  /** When the next daily attempt is made. */
  retryAt: Date;
  /** On how many days an attempt was made, the first one among them. */
  graceDaysTried: number;
}

/** Those columns of a lease; `null` when it is not past due. */
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

/** A lease whose renewal fails now for the first time. */
export function startPastDue(now: Date): PastDue {
  return { pastDueSince: now, retryAt: new Date(now.getTime() + DAY_MS), graceDaysTried: 1 };
}

/** A lease whose daily attempt fails again. Attempts stay on the clock time of the first, however late one was. */
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

/** When the account is disconnected if nothing is paid in; later than seven days where we missed attempts. */
export function getDisconnectsAt({ pastDueSince, retryAt, graceDaysTried }: PastDue): Date {
  const afterGrace = pastDueSince.getTime() + GRACE_DAYS * DAY_MS;
  const afterAttempts = retryAt.getTime() + (GRACE_DAYS - graceDaysTried) * DAY_MS;
  return new Date(Math.max(afterGrace, afterAttempts));
}

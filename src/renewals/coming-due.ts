import { renewalAfter } from '../leases/billing-calendar.js';

/** How far ahead partners and staff are told what falls due. */
export const DAYS_AHEAD = 30;
const DAY_MS = 86_400_000;

/** Live leases that renew at one moment with one anchor; cents of all of them. */
export interface RenewingTogether {
  dueAt: Date;
  anchorDay: number;
  leases: number;
  cents: number;
}

/** One day's renewals (UTC, `2027-01-31`); what was due before counts on the first one. */
export interface DayAhead {
  day: string;
  renewals: number;
  dueCents: number;
  /** Of those, what the wallet does not cover if nothing is paid in. */
  uncoveredCents: number;
}

/** What falls due for one partner, against what its wallet holds. */
export interface ComingDue {
  renewals: number;
  dueCents: number;
  /** Days that have renewals, the first one first. */
  days: DayAhead[];
  /** The first day that the wallet does not cover. */
  uncoveredFrom: string | null;
  /** The top-up that pays for all of it. */
  shortfallCents: number;
}

/** The moment until which renewals count as coming. */
export function horizonOf(now: Date): Date {
  return new Date(now.getTime() + DAYS_AHEAD * DAY_MS);
}

/**
 * What falls due until thirty days from now, missed months included.
 * @param freeCents what the wallet holds less what is owed
 */
export function comingDue(renewing: readonly RenewingTogether[], freeCents: number, now: Date): ComingDue {
  const days = new Map<string, DayAhead>();
  const until = horizonOf(now);
  for (const { dueAt, anchorDay, leases, cents } of renewing) {
    for (let at = dueAt; at <= until; at = renewalAfter(at, anchorDay, 1)) {
      const day = (at < now ? now : at).toISOString().slice(0, 10);
      const known = days.get(day) ?? { day, renewals: 0, dueCents: 0, uncoveredCents: 0 };
      days.set(day, { ...known, renewals: known.renewals + leases, dueCents: known.dueCents + cents });
    }
  }
  const inOrder = [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  let left = freeCents;
  for (const day of inOrder) {
    left -= day.dueCents;
    day.uncoveredCents = Math.min(day.dueCents, Math.max(0, -left));
  }
  return {
    renewals: inOrder.reduce((sum, { renewals }) => sum + renewals, 0),
    dueCents: inOrder.reduce((sum, { dueCents }) => sum + dueCents, 0),
    days: inOrder,
    uncoveredFrom: inOrder.find(({ uncoveredCents }) => uncoveredCents > 0)?.day ?? null,
    shortfallCents: Math.max(0, -left),
  };
}

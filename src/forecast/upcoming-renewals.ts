import { addBillingMonths } from '../core/billing-calendar.js';
import type { RenewalGroup } from './renewal-groups.js';

/** How far ahead partners and staff are told what falls due. */
export const DAYS_AHEAD = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One day's renewals (UTC, `2027-01-31`); what was due before counts on the first one. */
export interface DayForecast {
  day: string;
  renewals: number;
  dueCents: number;
  /** Of those, what the wallet does not cover if nothing is paid in. */
  uncoveredCents: number;
}

/** What falls due for one partner, against what its wallet holds. */
export interface UpcomingRenewals {
  renewals: number;
  dueCents: number;
  /** Days that have renewals, the first one first. */
  days: DayForecast[];
  /** The first day that the wallet does not cover. */
  uncoveredFrom: string | null;
  /** The top-up that pays for all of it. */
  shortfallCents: number;
}

/** The moment before which renewals count as coming: a whole hour (UTC), so that those of one hour are told together. */
export function getHorizon(now: Date): Date {
  return new Date(Math.floor((now.getTime() + DAYS_AHEAD * DAY_MS) / HOUR_MS + 1) * HOUR_MS);
}

/**
 * What falls due until thirty days from now, missed months included.
 * @param freeCents what the wallet holds less what is owed
 */
export function getUpcomingRenewals(renewing: readonly RenewalGroup[], freeCents: number, now: Date): UpcomingRenewals {
  const days = new Map<string, DayForecast>();
  const until = getHorizon(now);
  for (const { at: next, anchorDay, leases, cents } of renewing) {
    for (let at = next; at < until; at = addBillingMonths(at, anchorDay, 1)) {
      const one = getDay(days, at < now ? now : at);
      one.renewals += leases;
      one.dueCents += cents;
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

function getDay(days: Map<string, DayForecast>, at: Date): DayForecast {
  const day = at.toISOString().slice(0, 10);
  const known = days.get(day);
  if (known) return known;
  const fresh = { day, renewals: 0, dueCents: 0, uncoveredCents: 0 };
  days.set(day, fresh);
  return fresh;
}

import { addBillingMonths, countCalendarMonths } from '../core/billing-calendar.js';
import { toCalendarDay } from '../core/calendar-days.js';
import type { RenewalGroup } from './renewal-groups.js';

/** How far ahead partners and staff see what falls due. */
export const DAYS_AHEAD = 30;
const QUARTER_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/** The renewals of one day (in the business time zone, `2027-01-31`). Overdue ones count on the first day. */
export interface DayForecast {
  day: string;
  renewals: number;
  dueCents: number;
  /** The part that the wallet does not cover if nothing is paid in. */
  uncoveredCents: number;
}

/** What falls due for one partner, compared with its wallet. */
export interface UpcomingRenewals {
  renewals: number;
  dueCents: number;
  /** Days that have renewals, in order. */
  days: DayForecast[];
  /** The first day that the wallet does not cover, `2027-01-31`. */
  uncoveredFrom: string | null;
  /** The top-up that pays for all of it. */
  shortfallCents: number;
}

/** Exclusive, and a whole quarter of an hour, so that a group of renewals is never split. */
export function getForecastEnd(now: Date): Date {
  return new Date(Math.floor((now.getTime() + DAYS_AHEAD * DAY_MS) / QUARTER_MS + 1) * QUARTER_MS);
}

/**
 * What falls due within 30 days from now, missed months included.
 * @param freeCents the balance less what is owed
 * @param timeZone of the days
 */
export function getUpcomingRenewals(
  groups: readonly RenewalGroup[],
  freeCents: number,
  now: Date,
  timeZone: string,
): UpcomingRenewals {
  const days = new Map<string, DayForecast>();
  const until = getForecastEnd(now);
  const today = toCalendarDay(now, timeZone);
  const add = (day: string, leases: number, cents: number) => {
    const forecast = getDay(days, day);
    forecast.renewals += leases;
    forecast.dueCents += cents;
  };
  for (const { at: first, anchorDay, leases, cents } of groups) {
    // Those of the calendar months before the last one are over, whatever their days are.
    const missed = Math.max(0, countCalendarMonths(first, now) - 1);
    if (missed > 0) add(today, missed * leases, missed * cents);
    let at = missed > 0 ? addBillingMonths(first, anchorDay, missed) : first;
    for (; at < until; at = addBillingMonths(at, anchorDay, 1)) {
      add(at < now ? today : toCalendarDay(at, timeZone), leases, cents);
    }
  }
  const inOrder = [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  let freeLeftCents = freeCents;
  for (const day of inOrder) {
    freeLeftCents -= day.dueCents;
    day.uncoveredCents = Math.min(day.dueCents, Math.max(0, -freeLeftCents));
  }
  return {
    renewals: inOrder.reduce((sum, { renewals }) => sum + renewals, 0),
    dueCents: inOrder.reduce((sum, { dueCents }) => sum + dueCents, 0),
    days: inOrder,
    uncoveredFrom: inOrder.find(({ uncoveredCents }) => uncoveredCents > 0)?.day ?? null,
    shortfallCents: Math.max(0, -freeLeftCents),
  };
}

function getDay(days: Map<string, DayForecast>, day: string): DayForecast {
  const known = days.get(day);
  if (known) return known;
  const added = { day, renewals: 0, dueCents: 0, uncoveredCents: 0 };
  days.set(day, added);
  return added;
}

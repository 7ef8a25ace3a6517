import { expect } from '@jest/globals';
import { addBillingMonths } from '../../../src/core/billing-calendar.js';

const DAY_MS = 86_400_000;
const YEARS = 40;

/** Walks the calendar day by day: the first of each month is known by its date being 1, its last day by the next being the first. */
function monthsFrom(day: number, months: number): { first: number; last: number }[] {
  const dateOf = (time: number) => new Date(time).getUTCDate();
  let time = day - (dateOf(day) - 1) * DAY_MS;
  const found = [];
  while (found.length <= months) {
    const first = time;
    while (dateOf(time + DAY_MS) !== 1) time += DAY_MS;
    found.push({ first, last: time });
    time += DAY_MS;
  }
  return found;
}

/** When a lease assigned at that moment renews, by walking alone. */
export function walkRenewals(assignedAt: number): number[] {
  const midnight = assignedAt - (assignedAt % DAY_MS);
  const clockTime = assignedAt - midnight;
  const [firstMonth, ...later] = monthsFrom(midnight, YEARS * 12);
  const daysIn = midnight - firstMonth!.first;
  return later.map(({ first, last }) => Math.min(first + daysIn, last) + clockTime);
}

/** Compares the calendar with the walk for leases assigned on each of those days of a year. */
export function expectCalendarToAgree(year: number, daysOfMonth: readonly number[]): void {
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    const assignedAt = new Date(day + ((day / DAY_MS) % 24) * 3_600_000 + 59_999);
    const anchorDay = assignedAt.getUTCDate();
    if (!daysOfMonth.includes(anchorDay)) continue;
    const expected = walkRenewals(assignedAt.getTime());

    let due = assignedAt;
    const oneByOne = expected.map(() => (due = addBillingMonths(due, anchorDay, 1)).getTime());
    expect(oneByOne.join()).toBe(expected.join());
    const fromTheStart = expected.map((_, month) => addBillingMonths(assignedAt, anchorDay, month + 1).getTime());
    expect(fromTheStart.join()).toBe(expected.join());
  }
}

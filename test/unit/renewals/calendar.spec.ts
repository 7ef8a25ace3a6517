import { describe, expect, it } from '@jest/globals';
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
function walked(assignedAt: number): number[] {
  const midnight = assignedAt - (assignedAt % DAY_MS);
  const clockTime = assignedAt - midnight;
  const [firstMonth, ...later] = monthsFrom(midnight, YEARS * 12);
  const daysIn = midnight - firstMonth!.first;
  return later.map(({ first, last }) => Math.min(first + daysIn, last) + clockTime);
}

describe('the renewal calendar', () => {
  it.each([2026, 2027, 2028, 2029, 2085])('agrees with a walk of 40 years from every day of %i', (year) => {
    for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
      const assignedAt = new Date(day + ((day / DAY_MS) % 24) * 3_600_000 + 59_999);
      const anchorDay = assignedAt.getUTCDate();
      const expected = walked(assignedAt.getTime());

      let due = assignedAt;
      const oneByOne = expected.map(() => (due = addBillingMonths(due, anchorDay, 1)).getTime());
      if (oneByOne.join() !== expected.join()) expect(oneByOne).toEqual(expected);
      const fromTheStart = expected.map((_, month) => addBillingMonths(assignedAt, anchorDay, month + 1).getTime());
      if (fromTheStart.join() !== expected.join()) expect(fromTheStart).toEqual(expected);
    }
  });

  it('is walked by a computation that knows leap years and short months', () => {
    const days = walked(Date.UTC(2027, 0, 31)).slice(0, 14);
    expect(days.map((time) => new Date(time).toISOString().slice(5, 10)).join(' ')).toBe(
      '02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31 01-31 02-29 03-31',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { expectCalendarToAgree, walkRenewals } from './calendar-walk.js';

describe('the renewal calendar', () => {
  // Every day of more years: `calendar.prove.ts`.
  it.each([2027, 2028])('agrees with a walk of 40 years from the days of %i that short months move', (year) => {
    expectCalendarToAgree(year, [1, 28, 29, 30, 31]);
  });

  it('is walked by a computation that knows leap years and short months', () => {
    const days = walkRenewals(Date.UTC(2027, 0, 31)).slice(0, 14);
    expect(days.map((time) => new Date(time).toISOString().slice(5, 10)).join(' ')).toBe(
      '02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31 01-31 02-29 03-31',
    );
  });
});

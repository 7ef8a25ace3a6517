import { describe, expect, it } from '@jest/globals';
import { addBillingMonths } from '../../../src/core/billing-calendar.js';
import { toCalendarDay } from '../../../src/core/calendar-days.js';
import { getForecastEnd, getUpcomingRenewals } from '../../../src/forecast/upcoming-renewals.js';

const timeZone = 'Europe/Berlin';

/** Every renewal of the days ahead, by walking through each month that was missed. */
function walkThrough(first: Date, anchorDay: number, now: Date): Record<string, number> {
  const days: Record<string, number> = {};
  for (let nth = 0; ; nth += 1) {
    const at = addBillingMonths(first, anchorDay, nth);
    if (at >= getForecastEnd(now)) return days;
    const day = toCalendarDay(at < now ? now : at, timeZone);
    days[day] = (days[day] ?? 0) + 1;
  }
}

describe('the renewals of the next 30 days', () => {
  it.each([1, 15, 28, 29, 30, 31])('count every missed month on the first day, on the anchor day %i', (anchorDay) => {
    for (const today of ['2028-01-31', '2028-02-29', '2028-03-01', '2028-03-30', '2028-12-31']) {
      for (const clock of ['T00:00:00Z', 'T10:30:00Z', 'T23:59:59Z']) {
        const now = new Date(today + clock);
        for (const missed of [-1, 0, 1, 2, 3, 13, 40]) {
          const first = addBillingMonths(new Date('2027-12-01T10:30:00Z'), anchorDay, -missed);
          const { days, renewals, dueCents } = getUpcomingRenewals(
            [{ at: first, anchorDay, leases: 2, cents: 7 }],
            0,
            now,
            timeZone,
          );
          const expected = walkThrough(first, anchorDay, now);
          expect(Object.fromEntries(days.map(({ day, renewals: n }) => [day, n / 2]))).toEqual(expected);
          const months = Object.values(expected).reduce((sum, n) => sum + n, 0);
          expect([renewals, dueCents]).toEqual([2 * months, 7 * months]);
        }
      }
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { addCalendarDays, toCalendarDay } from '../../../src/core/calendar-days.js';

describe('A calendar day', () => {
  it.each([
    ['UTC', '2026-11-30'],
    ['Asia/Tokyo', '2026-12-01'],
    ['Asia/Kolkata', '2026-12-01'],
    ['America/Los_Angeles', '2026-11-30'],
  ])('is that of %s', (timeZone, day) => {
    expect(toCalendarDay(new Date('2026-11-30T18:30:00Z'), timeZone)).toBe(day);
  });

  it('is followed by the next one, whatever the clocks do', () => {
    expect(addCalendarDays('2026-03-28', 1)).toBe('2026-03-29');
    expect(addCalendarDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addCalendarDays('2028-02-28', 1)).toBe('2028-02-29');
  });
});

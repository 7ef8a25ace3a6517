import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { BusinessCalendar } from '../../../src/lease-requests/business-calendar.js';

const TWO_DAYS = 48 * 3_600_000;

describe('48 hours of working days', () => {
  it.each([
    ['over a weekend', 'Europe/Berlin', '2026-11-20T12:00', '2026-11-24T12:00'],
    ['from a Saturday on', 'Europe/Berlin', '2026-11-21T18:00', '2026-11-25T00:00'],
    ['over a holiday', 'Europe/Berlin', '2026-12-24T12:00', '2026-12-29T12:00'],
    ['over a weekend with the end of summer time', 'Europe/Berlin', '2026-10-23T12:00', '2026-10-27T12:00'],
    ['over a Sunday that begins at 01:00', 'America/Santiago', '2026-09-04T12:00', '2026-09-08T12:00'],
  ])('%s', (_what, zone, from, to) => {
    const calendar = new BusinessCalendar(zone, ['2026-12-25']);
    const at = (text: string) => DateTime.fromISO(text, { zone }).toJSDate();
    expect(calendar.addWorkingTime(at(from), TWO_DAYS)).toEqual(at(to));
    expect(calendar.getWorkingMs(at(from), at(to))).toBe(TWO_DAYS);
  });
});

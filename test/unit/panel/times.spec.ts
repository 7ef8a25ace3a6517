import { describe, expect, it } from '@jest/globals';
import {
  formatAge,
  formatCalendarDay,
  formatDuration,
  formatMoment,
  formatMonth,
  formatUtc,
  toOwnTimeZone,
} from '../../../src/panel/lib/times.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('Durations in the panel', () => {
  it.each([
    [-MINUTE_MS, 'under a minute'],
    [MINUTE_MS - 1, 'under a minute'],
    [40 * MINUTE_MS, '40 min'],
    [2 * HOUR_MS, '2 h'],
    [2 * HOUR_MS + 5 * MINUTE_MS, '2 h 5 min'],
    [9 * HOUR_MS + 59 * MINUTE_MS, '9 h'],
    [2 * DAY_MS + 4 * HOUR_MS, '2 d 4 h'],
    [36 * DAY_MS + 5 * HOUR_MS, '36 d'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('Days and months in the panel', () => {
  it('are those of UTC, whatever the time zone of the reader', () => {
    expect(formatCalendarDay('2026-11-02')).toBe('2 Nov');
    expect(formatMonth('2026-11')).toBe('Nov 2026');
    expect(formatUtc('2026-01-05T08:12:09.500Z')).toBe('2026-01-05 08:12:09 UTC');
  });
});

describe('A moment', () => {
  it('has its seconds where moments of one minute are told apart', () => {
    const now = new Date(2026, 10, 30, 14, 40).getTime();
    const iso = new Date(2026, 10, 30, 14, 32, 9).toISOString();
    expect([formatMoment(iso, now), formatMoment(iso, now, 'second')]).toEqual(['today 14:32', 'today 14:32:09']);
  });
});

describe('Times of a message', () => {
  it('are those of the reader, the day too', () => {
    const at = '2027-02-01T23:30:00Z';
    expect(toOwnTimeZone('2027-01 can be closed from 2027-02-01 23:30 UTC.')).toBe(
      `2027-01 can be closed from ${formatMoment(at)}.`,
    );
    expect(toOwnTimeZone('Claimed until 23:30 UTC.')).toMatch(/^Claimed until \d\d:\d\d\.$/);
  });

  it('that were have one “ago”', () => {
    expect([formatAge(40_000), formatAge(3 * HOUR_MS)]).toEqual(['just now', '3 h ago']);
  });
});

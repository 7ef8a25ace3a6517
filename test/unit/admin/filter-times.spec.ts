import { describe, expect, it } from '@jest/globals';
import { readStatedTime } from '../../../src/admin/resources/filter-times.js';

describe('A day or a time of a filter', () => {
  it.each([
    ['2026-11-30', 'UTC', '2026-11-30T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-11-30', 'Asia/Tokyo', '2026-11-29T15:00:00.000Z', '2026-11-30T15:00:00.000Z'],
    // The days on which summer time begins and ends, and one that begins at 01:00.
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['2026-09-05', 'America/Santiago', '2026-09-05T04:00:00.000Z', '2026-09-06T04:00:00.000Z'],
    ['2026-11-30T08:00', 'Asia/Kolkata', '2026-11-30T02:30:00.000Z', '2026-11-30T02:31:00.000Z'],
    ['2026-11-30T08:00Z', 'Asia/Tokyo', '2026-11-30T08:00:00.000Z', '2026-11-30T08:01:00.000Z'],
    ['2026-11-30T08:00:00+02:00', 'Asia/Tokyo', '2026-11-30T06:00:00.000Z', '2026-11-30T06:00:01.000Z'],
    ['2026-11-30T08:00:00.5Z', 'UTC', '2026-11-30T08:00:00.500Z', '2026-11-30T08:00:00.501Z'],
    ['2028-02-29', 'UTC', '2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ])('%s in %s is from %s up to %s', (text, timeZone, start, end) => {
    const stated = readStatedTime(text, timeZone)!;
    expect([stated.start.toISOString(), stated.end.toISOString()]).toEqual([start, end]);
  });

  it.each([
    ...[
      '2026-02-30',
      '2026-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-11-31T08:00',
      '2026-11-30T25:00',
      '2026-11-30T08:61',
    ],
    ...['0000-01-01', '2026-11-30T08', '2026-11-30 08:00', '30.11.2026', 'yesterday', ''],
  ])('%j is none', (text) => {
    expect(readStatedTime(text, 'UTC')).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { toDayAndTime } from '../../../src/panel/lib/stated-times.js';

describe('The end of a range in the panel', () => {
  it.each([
    ['', '', ''],
    ['2026-11-30', '2026-11-30', ''],
    ['0002-11-30', '0002-11-30', ''],
    ['2026-11-30T08:05', '2026-11-30', '08:05'],
    ['T08:05', '', '08:05'],
    ['2026-11-30T23:05:00Z', '2026-12-01', '00:05'],
    ['nonsenseZ', '', ''],
  ])('%j is the day %j and the time %j', (value, day, time) => {
    expect(toDayAndTime(value, 'Europe/Berlin')).toEqual({ day, time });
  });
});

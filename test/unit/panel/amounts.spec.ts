import { describe, expect, it } from '@jest/globals';
import { parseDollars, formatDollarInput } from '../../../src/panel/lib/amounts.js';

describe('Dollars typed in the panel', () => {
  it.each([
    ['150', 15_000],
    ['1,250.5', 125_050],
    ['$1,250.05', 125_005],
    ['0.29', 29],
    ['1.10', 110],
    ['4.35', 435],
    ['10000000000', 1_000_000_000_000],
    [' 12 ', 1_200],
  ])('%s are exactly %d cents', (typed, cents) => {
    expect(parseDollars(typed)).toBe(cents);
  });

  it.each(['', '-1', '1.234', '1,25', '12,34,567', '1e3', '.5', '5.', '1 000', 'abc', '99999999999999999'])(
    '%s is no amount',
    (typed) => {
      expect(parseDollars(typed)).toBeNull();
    },
  );

  it('come back from cents as they would be typed', () => {
    expect([1, 29, 435, 15_000, 125_005].map((cents) => parseDollars(formatDollarInput(cents)))).toEqual([
      1, 29, 435, 15_000, 125_005,
    ]);
  });
});

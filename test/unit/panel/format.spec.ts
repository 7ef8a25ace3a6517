import { describe, expect, it } from '@jest/globals';
import { formatCode, formatPart } from '../../../src/panel/lib/format.js';

describe('How many of the wanted', () => {
  it.each([
    [0, 1, 'none'],
    [0, 5, 'none'],
    [1, 1, '1'],
    [2, 5, '2 of 5'],
    [5, 5, 'all 5'],
    [9, 5, 'all 5'],
  ])('%d of %d is “%s”', (part, whole, text) => {
    expect(formatPart(part, whole)).toBe(text);
  });
});

describe('A code in words', () => {
  it.each([
    ['top_up', 'Top-up'],
    ['top_up_reversal', 'Top-up reversal'],
    ['wallet.topped_up', 'Wallet: topped up'],
    ['past_due', 'Past due'],
    ['FORBIDDEN_SCOPE', 'FORBIDDEN_SCOPE'],
  ])('%s is “%s”', (code, text) => {
    expect(formatCode(code)).toBe(text);
  });
});

import { describe, expect, it } from '@jest/globals';
import { formatCount } from '../../../src/core/counts.js';

describe('A count in words', () => {
  it.each([
    [0, '0 live leases'],
    [1, '1 live lease'],
    [1200, '1,200 live leases'],
  ])('of %d is %s', (count, text) => {
    expect(formatCount(count, 'live lease')).toBe(text);
  });

  it('takes another plural, and a verb', () => {
    expect(formatCount(1, 'match is', 'matches are')).toBe('1 match is');
    expect(formatCount(2, 'match is', 'matches are')).toBe('2 matches are');
  });
});

import { describe, expect, it } from '@jest/globals';
import { getRetryDelayMs, MAX_ATTEMPTS, parseRetryAfter } from '../../../src/webhooks/retry-schedule.js';

describe('The next attempt', () => {
  it('comes by the ladder, later by up to a tenth', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8].map((attempts) => getRetryDelayMs(attempts, null, 0));
    expect(delays).toEqual([30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000, null]);
    expect([MAX_ATTEMPTS, getRetryDelayMs(1, null, 1)]).toEqual([8, 33_000]);
  });

  it('is not earlier than the receiver asks, and not later than a day for that', () => {
    expect(getRetryDelayMs(1, 120_000, 0)).toBe(120_000);
    expect(getRetryDelayMs(3, 1_000, 0)).toBe(300_000);
    expect(getRetryDelayMs(1, 1e12, 0)).toBe(86_400_000);
    expect(getRetryDelayMs(8, 1_000, 0)).toBeNull();
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-04-18T19:24:11Z');
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Sat, 18 Apr 2026 19:25:11 GMT', 60_000],
    ['Sat, 18 Apr 2026 19:00:00 GMT', 0],
    ...[undefined, '', '-1', '1.5', 'soon', '2026-04-18', '9'.repeat(30)].map((text): [string | undefined, null] => [
      text,
      null,
    ]),
  ])('is %j', (text, expected) => expect(parseRetryAfter(text, now)).toBe(expected));
});

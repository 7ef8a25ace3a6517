import { expect, it } from '@jest/globals';
import { formatUtcClock, formatUtcDay, formatUtcMoment } from '../../../src/core/utc-times.js';

it('writes the times of messages in UTC, to the minute', () => {
  const time = new Date('2027-02-01T01:02:59.999Z');
  expect(formatUtcMoment(time)).toBe('2027-02-01 01:02 UTC');
  expect(formatUtcDay(time)).toBe('2027-02-01');
  expect(formatUtcClock(time)).toBe('01:02 UTC');
});

import { describe, it } from '@jest/globals';
import { expectCalendarToAgree } from './calendar-walk.js';

const everyDay = Array.from({ length: 31 }, (_, index) => index + 1);

describe('the renewal calendar', () => {
  it.each([2026, 2027, 2028, 2029, 2085])('agrees with a walk of 40 years from every day of %i', (year) => {
    expectCalendarToAgree(year, everyDay);
  });
});

import { describe, expect, it } from '@jest/globals';
import { addBillingMonths } from '../../../src/core/billing-calendar.js';

describe('the billing calendar', () => {
  it.each([
    ['2027-01-31T10:20:30.456Z', 1, '2027-02-28T10:20:30.456Z'],
    ['2027-01-31T10:20:30.456Z', 2, '2027-03-31T10:20:30.456Z'],
    ['2027-01-31T10:20:30.456Z', 3, '2027-04-30T10:20:30.456Z'],
    ['2028-01-31T00:00:00.000Z', 1, '2028-02-29T00:00:00.000Z'],
    ['2028-02-29T23:59:59.999Z', 12, '2029-02-28T23:59:59.999Z'],
    ['2028-02-29T23:59:59.999Z', 48, '2032-02-29T23:59:59.999Z'],
    ['2026-12-15T12:00:00.000Z', 1, '2027-01-15T12:00:00.000Z'],
    ['2026-08-30T12:00:00.000Z', 6, '2027-02-28T12:00:00.000Z'],
  ])('%s renews after %i months at %s', (assigned, months, expected) => {
    const assignedAt = new Date(assigned);
    expect(addBillingMonths(assignedAt, assignedAt.getUTCDate(), months).toISOString()).toBe(expected);
  });

  it('keeps the anchor through a year of short months', () => {
    const assignedAt = new Date('2027-01-31T08:00:00Z');
    const days = Array.from({ length: 12 }, (_, n) => addBillingMonths(assignedAt, 31, n + 1).getUTCDate());
    expect(days).toEqual([28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]);
  });
});

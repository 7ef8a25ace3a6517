import { DateTime } from 'luxon';
import { ValidationFailed } from './errors.js';

/** A month of the ledger, in UTC. */
export interface MonthBounds {
  start: Date;
  /** Exclusive. */
  end: Date;
}

/**
 * @param month like `2026-11`
 * @throws ValidationFailed when it is malformed or before the year 2000
 */
export function getMonthBounds(month: string): MonthBounds {
  const start = /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? DateTime.fromISO(`${month}-01`, { zone: 'utc' }) : null;
  if (!start?.isValid || start.year < 2000) {
    throw new ValidationFailed([{ path: 'month', message: 'must be a month like 2026-11' }]);
  }
  return { start: start.toJSDate(), end: start.plus({ months: 1 }).toJSDate() };
}

/** In UTC, like `2026-11`. */
export function toMonth(time: Date): string {
  return time.toISOString().slice(0, 7);
}

/** The months from that of `first` to that of `last`, newest first, at most `limit`. */
export function listMonthsBack(last: Date, first: Date, limit: number): string[] {
  const earliest = DateTime.fromJSDate(first, { zone: 'utc' }).startOf('month');
  const months: string[] = [];
  let month = DateTime.fromJSDate(last, { zone: 'utc' }).startOf('month');
  for (; month >= earliest && months.length < limit; month = month.minus({ months: 1 })) {
    months.push(month.toFormat('yyyy-MM'));
  }
  return months;
}

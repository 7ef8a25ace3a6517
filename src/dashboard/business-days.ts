import { DateTime } from 'luxon';

/** A stretch of whole days in the business's time zone; the last may be going on. */
export interface Days {
  timeZone: string;
  /** Oldest first, as `2027-03-09`. */
  days: string[];
  /** When the first of them began. */
  from: Date;
}

/** The days that the dashboard looks at. */
export interface Window {
  /** As many as are asked for; the last is today. */
  days: string[];
  /** Twelve, oldest first, as `2027-03`; the last is the current one. */
  months: string[];
  /** Every day of those months up to today. */
  all: Days;
}

export function toWindow(now: Date, timeZone: string, count: number): Window {
  const month = DateTime.fromJSDate(now, { zone: timeZone }).startOf('month');
  const months = Array.from({ length: 12 }, (_, back) => month.minus({ months: 11 - back }));
  const all = listDays(months[0]!, now);
  return { days: all.days.slice(-count), months: months.map((one) => one.toFormat('yyyy-MM')), all };
}

function listDays(first: DateTime, now: Date): Days {
  const timeZone = first.zoneName!;
  const days: string[] = [];
  for (let one = first; one.toMillis() <= now.getTime(); one = one.plus({ days: 1 }).startOf('day')) {
    days.push(one.toISODate()!);
  }
  return { timeZone, days, from: first.toJSDate() };
}

export function getStartOfDay(day: string, timeZone: string): Date {
  return DateTime.fromISO(day, { zone: timeZone }).startOf('day').toJSDate();
}

/** Those of them that come after one of theirs. */
export function getDaysAfter(day: string, { timeZone, days }: Days): Days {
  const from = DateTime.fromISO(day, { zone: timeZone }).plus({ days: 1 }).startOf('day');
  return { timeZone, days: days.filter((one) => one > day), from: from.toJSDate() };
}

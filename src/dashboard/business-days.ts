import { DateTime } from 'luxon';
import { addCalendarDays, toCalendarDay } from '../core/calendar-days.js';

/** Consecutive days in a time zone; the last may not be over. */
export interface Days {
  timeZone: string;
  /** Oldest first, as `2027-03-09`. */
  days: string[];
  /** Start of the first day. */
  from: Date;
}

export interface DashboardPeriod {
  /** As many as requested, as `2027-03-09`; the last is today. */
  days: string[];
  /** Twelve, as `2027-03`, oldest first; the last is the current one. */
  months: string[];
  /** Every day of those months up to today. */
  all: Days;
}

export function getDashboardPeriod(now: Date, timeZone: string, count: number): DashboardPeriod {
  const month = DateTime.fromJSDate(now, { zone: timeZone }).startOf('month');
  const months = Array.from({ length: 12 }, (_, back) => month.minus({ months: 11 - back }));
  const all = listDays(months[0]!, now);
  return { days: all.days.slice(-count), months: months.map((start) => start.toFormat('yyyy-MM')), all };
}

function listDays(first: DateTime, now: Date): Days {
  const timeZone = first.zoneName!;
  const today = toCalendarDay(now, timeZone);
  const days: string[] = [];
  for (let day = first.toISODate()!; day <= today; day = addCalendarDays(day, 1)) days.push(day);
  return { timeZone, days, from: first.toJSDate() };
}

export function getStartOfDay(day: string, timeZone: string): Date {
  return DateTime.fromISO(day, { zone: timeZone }).startOf('day').toJSDate();
}

export function getDaysAfter(day: string, { timeZone, days }: Days): Days {
  const from = DateTime.fromISO(day, { zone: timeZone }).plus({ days: 1 }).startOf('day');
  return { timeZone, days: days.filter((other) => other > day), from: from.toJSDate() };
}

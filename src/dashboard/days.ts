import { DateTime } from 'luxon';

/** The days and months that the dashboard looks at, in the business's time zone. */
export interface Window {
  today: string;
  /** When today began. */
  todayFrom: Date;
  /** Oldest first; the last is today. */
  days: string[];
  /** When the first of them began. */
  from: Date;
  /** Twelve, oldest first; the last is the current one. */
  months: string[];
  /** When the first of them began. */
  monthsFrom: Date;
}

export function windowOf(now: Date, timeZone: string, count: number): Window {
  const today = DateTime.fromJSDate(now, { zone: timeZone }).startOf('day');
  const days = Array.from({ length: count }, (_, back) => today.minus({ days: count - 1 - back }));
  const month = today.startOf('month');
  const months = Array.from({ length: 12 }, (_, back) => month.minus({ months: 11 - back }));
  return {
    today: today.toISODate()!,
    todayFrom: today.toJSDate(),
    days: days.map((day) => day.toISODate()!),
    from: days[0]!.toJSDate(),
    months: months.map((one) => one.toFormat('yyyy-MM')),
    monthsFrom: months[0]!.toJSDate(),
  };
}

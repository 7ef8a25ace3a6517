/*
 * One style for each: a moment is `formatMoment`, a day `formatDay` (`formatCalendarDay` where it has no time), how long ago it
 * was `formatAge`, a month `formatMonth`. They are in the reader's time zone, with `formatUtc` on hover: the components of
 * ui/times.tsx have it. The books alone, whose months are UTC's, show `formatUtc` itself.
 */
import { getBusinessNow } from './business-clock.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `40 min`, `2 h 5 min`, `9 h`, `2 d 4 h`, `36 d`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE_MS) return 'under a minute';
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 3 * HOUR_MS) return joinUnits(Math.floor(ms / HOUR_MS), 'h', Math.floor((ms % HOUR_MS) / MINUTE_MS), 'min');
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  if (ms < 10 * DAY_MS) return joinUnits(Math.floor(ms / DAY_MS), 'd', Math.floor((ms % DAY_MS) / HOUR_MS), 'h');
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** `just now`, `40 min ago`. */
export function formatAge(milliseconds: number): string {
  return milliseconds < MINUTE_MS ? 'just now' : `${formatDuration(milliseconds)} ago`;
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** The reader's. */
export const ownTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const secondFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndYearFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const utcDayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const utcMonthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `24 Dec` in the reader's time zone, with the year when it is not this one. */
export function formatDay(iso: string, now = getBusinessNow()): string {
  const date = new Date(iso);
  const format = date.getFullYear() === new Date(now).getFullYear() ? dayFormat : dayAndYearFormat;
  return format.format(date);
}

/** What a clock shows: `24 Dec, 14:32` in the reader's time zone. */
export function formatNow(ms: number): string {
  return `${dayFormat.format(ms)}, ${timeFormat.format(ms)}`;
}

/** To the second where moments of one minute are told apart. */
export type Precision = 'minute' | 'second';

/** `today 14:32`, `yesterday 9:12`, `tomorrow 8:00`, `Friday 15:40`, `24 Dec, 14:32`, in the reader's time zone. */
export function formatMoment(iso: string, now = getBusinessNow(), precision: Precision = 'minute'): string {
  const date = new Date(iso);
  const time = (precision === 'second' ? secondFormat : timeFormat).format(date);
  const days = Math.round((getStartOfDay(now) - getStartOfDay(date.getTime())) / DAY_MS);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `yesterday ${time}`;
  if (days === -1) return `tomorrow ${time}`;
  if (Math.abs(days) < 7) return `${weekdayFormat.format(date)} ${time}`;
  return `${formatDay(iso, now)}, ${time}`;
}

/** `14:32` in the reader's time zone. */
export function formatClockTime(ms: number): string {
  return timeFormat.format(ms);
}

/** Times of a sentence that are in UTC, in the reader's time zone: `until 14:32 UTC` → `until 15:32`. */
export function toOwnTimeZone(sentence: string): string {
  const withMoments = sentence.replace(/\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b/g, (_moment, day, time) =>
    formatMoment(`${day}T${time}Z`),
  );
  return withMoments.replace(/\b(\d\d):(\d\d) UTC\b/g, (_time, hours, minutes) =>
    formatClockTime(new Date(getBusinessNow()).setUTCHours(Number(hours), Number(minutes), 0, 0)),
  );
}

function getStartOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** `2026-01-05 08:12:09 UTC`. */
export function formatUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A month in UTC: `2026-11` → `Nov 2026`. */
export function formatMonth(month: string): string {
  return utcMonthFormat.format(new Date(`${month}-01T00:00:00Z`));
}

/** A calendar day: `2026-11-02` → `2 Nov`. */
export function formatCalendarDay(day: string): string {
  return utcDayFormat.format(new Date(`${day}T00:00:00Z`));
}

export function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

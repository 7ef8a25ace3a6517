import React, { useEffect, useState } from 'react';
import { businessNow, onClockMoved } from '../lib/business-clock.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something took, as closely as one wants to know it: `40 min`, `2 h 5 min`, `9 h`, `2 d 4 h`, `36 d`. */
export function span(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < minute) return 'under a minute';
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < 3 * hour) return joined(Math.floor(ms / hour), 'h', Math.floor((ms % hour) / minute), 'min');
  if (ms < day) return `${Math.floor(ms / hour)} h`;
  if (ms < 10 * day) return joined(Math.floor(ms / day), 'd', Math.floor((ms % day) / hour), 'h');
  return `${Math.floor(ms / day)} d`;
}

/** The same in one unit, for narrow places: `9 h`, `2 d`. */
export function briefSpan(milliseconds: number): string {
  return span(milliseconds).split(' ').slice(0, 2).join(' ').replace('under a', 'now');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndYearFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** `24 Dec`, with the year when it is not this one. */
export function dayOf(iso: string, now = businessNow()): string {
  const date = new Date(iso);
  const format = date.getFullYear() === new Date(now).getFullYear() ? dayFormat : dayAndYearFormat;
  return format.format(date);
}

/** `24 Dec 2025, 14:32`, in the reader's own time zone. */
export function dayAndTime(iso: string): string {
  const date = new Date(iso);
  return `${dayAndYearFormat.format(date)}, ${clockFormat.format(date)}`;
}

/** As a colleague says it: `today 14:32`, `yesterday 9:12`, `tomorrow 8:00`, `Friday 15:40`, `24 Dec, 14:32`. */
export function moment(iso: string, now = businessNow()): string {
  const date = new Date(iso);
  const time = clockFormat.format(date);
  const days = Math.round((startOfDay(now) - startOfDay(date.getTime())) / day);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `yesterday ${time}`;
  if (days === -1) return `tomorrow ${time}`;
  if (Math.abs(days) < 7) return `${weekdayFormat.format(date)} ${time}`;
  return `${dayOf(iso, now)}, ${time}`;
}

/** The time of day alone: `14:32`. */
export function clock(ms: number): string {
  return clockFormat.format(ms);
}

/** The clock times that a sentence gives in UTC, in the reader's own zone: `until 14:32 UTC` → `until 15:32`. */
export function inOwnZone(sentence: string): string {
  return sentence.replace(/\b(\d\d):(\d\d) UTC\b/g, (_time, hours, minutes) =>
    clock(new Date(businessNow()).setUTCHours(Number(hours), Number(minutes), 0, 0)),
  );
}

function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** The same moment in UTC, for the tooltip: `2026-01-05 08:12:09 UTC`. */
export function inUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Whether a text is a moment that can be shown. */
export function isMoment(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

/** The house's time, told again every `everyMs` and when its clock is moved, for ages that grow while one looks at them. */
export function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(businessNow);
  useEffect(() => {
    const look = () => setNow(businessNow());
    look();
    const timer = setInterval(look, everyMs);
    const deafen = onClockMoved(look);
    return () => {
      clearInterval(timer);
      deafen();
    };
  }, [everyMs]);
  return now;
}

/** A moment with its UTC time on hover; `age` shows how long ago it was instead. */
export const Moment: React.FC<{ iso: string; now: number; age?: boolean; className?: string }> = (props) => {
  const { iso, now, age, className } = props;
  const past = now - Date.parse(iso);
  const young = age && past < 12 * hour;
  return (
    <time dateTime={iso} title={inUtc(iso)} className={className}>
      {!young ? moment(iso, now) : past < minute ? 'just now' : span(past)}
    </time>
  );
};

/** The time of day with its UTC time on hover, in the middle of a sentence. */
export const Clock: React.FC<{ ms: number }> = ({ ms }) => {
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={inUtc(iso)}>
      {clock(ms)}
    </time>
  );
};

/** Before a refusal, where what was read earlier stays on the page. */
export const AsItWas: React.FC<{ readAt: number }> = ({ readAt }) => (
  <>
    As it was at <Clock ms={readAt} />.{' '}
  </>
);

import React from 'react';
import { formatClockTime, formatDay, formatDuration, formatMoment, formatUtc } from '../lib/times.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A moment with its UTC time on hover; with `age`, how long ago it was instead, up to 12 hours. */
export const Moment: React.FC<{ iso: string; now: number; age?: boolean; className?: string }> = (props) => {
  const { iso, now, age, className } = props;
  const pastMs = now - Date.parse(iso);
  const showsAge = age && pastMs < 12 * HOUR_MS;
  return (
    <time dateTime={iso} title={formatUtc(iso)} className={className}>
      {!showsAge ? formatMoment(iso, now) : pastMs < MINUTE_MS ? 'just now' : formatDuration(pastMs)}
    </time>
  );
};

/** A day with its UTC time on hover. */
export const Day: React.FC<{ iso: string; now: number }> = ({ iso, now }) => (
  <time dateTime={iso} title={formatUtc(iso)}>
    {formatDay(iso, now)}
  </time>
);

/** The time of day with its UTC time on hover. */
export const Clock: React.FC<{ ms: number }> = ({ ms }) => {
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={formatUtc(iso)}>
      {formatClockTime(ms)}
    </time>
  );
};

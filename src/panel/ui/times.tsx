import React from 'react';
import { getBusinessNow } from '../lib/business-clock.js';
import { formatAge, formatClockTime, formatDay, formatMoment, formatUtc, type Precision } from '../lib/times.js';

const HOUR_MS = 3_600_000;

/** A moment with its UTC time on hover; with `age`, how long ago it was instead, up to 12 hours. */
export const Moment: React.FC<{
  iso: string;
  now?: number;
  age?: boolean;
  precision?: Precision;
  className?: string;
}> = (props) => {
  const { iso, now = getBusinessNow(), age, precision, className } = props;
  const pastMs = now - Date.parse(iso);
  const showsAge = age && pastMs < 12 * HOUR_MS;
  return (
    <time dateTime={iso} title={formatUtc(iso)} className={className}>
      {showsAge ? formatAge(pastMs) : formatMoment(iso, now, precision)}
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

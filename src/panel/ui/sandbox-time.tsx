import React from 'react';
import { formatClockTime, formatDay, formatUtc } from '../lib/times.js';

/** What the clock of a sandbox shows, which may be months ahead of everybody else's. */
export const SandboxTime: React.FC<{ now: number }> = ({ now }) => {
  const iso = new Date(now).toISOString();
  return (
    <time dateTime={iso} title={formatUtc(iso)}>
      <b>
        {formatDay(iso)}, {formatClockTime(now)}
      </b>
    </time>
  );
};

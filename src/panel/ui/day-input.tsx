import React from 'react';
import { getBusinessNow } from '../lib/business-clock.js';

const DAY_MS = 86_400_000;

/** A day from tomorrow on (UTC), as `YYYY-MM-DD`. */
export const DayInput: React.FC<{ id?: string; value: string; onChange: (day: string) => void; label?: string }> = (
  props,
) => {
  const tomorrow = new Date(getBusinessNow() + DAY_MS).toISOString().slice(0, 10);
  return (
    <input
      id={props.id}
      type="date"
      className="lc-input lc-day"
      aria-label={props.label}
      min={tomorrow}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
};

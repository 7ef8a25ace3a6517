import React from 'react';
import { businessNow } from '../lib/business-clock.js';

/** A day from tomorrow on. */
export const DayInput: React.FC<{ id?: string; value: string; onChange: (day: string) => void; label?: string }> = (
  props,
) => {
  const tomorrow = new Date(businessNow() + 86_400_000).toISOString().slice(0, 10);
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

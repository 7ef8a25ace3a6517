import React from 'react';
import { addCalendarDays, toCalendarDay } from '../../core/calendar-days.js';
import { getBusinessNow, getBusinessTimeZone } from '../lib/business-clock.js';

/** A day from tomorrow on, in the business time zone, as `YYYY-MM-DD`. */
export const DayInput: React.FC<{ id?: string; value: string; onChange: (day: string) => void; label?: string }> = (
  props,
) => {
  const tomorrow = addCalendarDays(toCalendarDay(getBusinessNow(), getBusinessTimeZone()), 1);
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

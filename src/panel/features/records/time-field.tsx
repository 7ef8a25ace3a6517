import React from 'react';
import { getBusinessTimeZone } from '../../lib/business-clock.js';
import { toDayAndTime } from '../../lib/stated-times.js';
import { Field } from '../../ui/fields.js';

/** One end of a range of time: a day, and a time of it where that matters. */
export const TimeField: React.FC<{
  label: string;
  path: string;
  values: Record<string, string>;
  onChange: (path: string, value: string) => void;
}> = ({ label, path, values, onChange }) => {
  const { day, time } = toDayAndTime(values[path] ?? '', getBusinessTimeZone());
  // A time without a day stays while the day is typed again.
  const change = (newDay: string, newTime: string) => onChange(path, newTime === '' ? newDay : `${newDay}T${newTime}`);
  return (
    <Field label={label}>
      {(id) => (
        <span className="lc-row lc-day-and-time">
          <input
            id={id}
            type="date"
            className="lc-input"
            max="9999-12-31"
            value={day}
            onChange={(event) => change(event.target.value, time)}
          />
          <input
            type="time"
            className="lc-input"
            aria-label={`${label}, time`}
            value={time}
            onChange={(event) => change(day, event.target.value)}
          />
        </span>
      )}
    </Field>
  );
};

import React, { useState } from 'react';
import { actOn } from '../kit/api.js';
import { Alert } from '../kit/parts.js';
import { useSubmit } from '../kit/submit.js';
import { inUtc } from '../kit/times.js';

const HOUR_MS = 3_600_000;
const steps: [label: string, ms: number][] = [
  ['1 hour', HOUR_MS],
  ['1 day', 24 * HOUR_MS],
  ['1 week', 7 * 24 * HOUR_MS],
];

/** Moves the demo's time forward, so that one can watch a month pass. */
export const DemoClock: React.FC<{ now: string; onMoved: () => void }> = ({ now, onMoved }) => {
  const [to, setTo] = useState('');
  const { busy, refusal, submit } = useSubmit(() => actOn('wallets', 'moveClock', { to }), onMoved);
  const moment = Date.parse(now);
  return (
    <div className="lc-demo-clock">
      <span>
        It is <time dateTime={now}>{inUtc(now)}</time> in the demo.
      </span>
      <label>
        Move it to{' '}
        <input
          className="lc-input"
          placeholder="2027-03-01T00:00:00Z"
          value={to}
          onChange={(event) => setTo(event.target.value.trim())}
        />
      </label>
      {steps.map(([label, ms]) => (
        <button
          key={label}
          type="button"
          className="lc-link"
          onClick={() => setTo(new Date(moment + ms).toISOString().replace(/\.\d+Z$/, 'Z'))}
        >
          + {label}
        </button>
      ))}
      <button type="button" className="lc-btn" disabled={busy || to === ''} onClick={() => void submit()}>
        Move the clock
      </button>
      {refusal && <Alert>{refusal}</Alert>}
    </div>
  );
};

import React, { useState } from 'react';
import { actOn } from '../../lib/api.js';
import { Alert, Bar } from '../../ui/elements.js';
import { useSubmit } from '../../lib/submit.js';
import { inUtc } from '../../ui/times.js';
import { usePassingDays } from './passing-days.js';
import type { RenewalsAhead } from './types.js';

/** How many days may be let pass; a month is as long as the one that `now` is in. */
function spansFrom(now: string): [label: string, days: number][] {
  const date = new Date(now);
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return [
    ['1 day', 1],
    ['1 week', 7],
    ['1 month', days],
  ];
}

interface DemoClockProps {
  /** What the demo's clock says. */
  now: string;
  /** Whether the reader may move it. */
  mayMove: boolean;
  onDay: (page: RenewalsAhead) => void;
  onJumped: () => void;
}

/** The demo's time, which an admin lets pass to watch wallets run dry. */
export const DemoClock: React.FC<DemoClockProps> = ({ now, mayMove, onDay, onJumped }) => (
  <section className="lc-card lc-demo-clock" aria-label="The demo’s clock">
    <span>
      In the demo it is{' '}
      <time dateTime={now}>
        <b>{inUtc(now).replace(/:\d\d UTC$/, ' UTC')}</b>
      </time>
    </span>
    {mayMove ? (
      <MoveClock now={now} onDay={onDay} onJumped={onJumped} />
    ) : (
      <span className="lc-faint">An admin can move it forward.</span>
    )}
  </section>
);

const MoveClock: React.FC<Omit<DemoClockProps, 'mayMove'>> = ({ now, onDay, onJumped }) => {
  const { passing, refusal, pass, stop } = usePassingDays(onDay);
  const [to, setTo] = useState('');
  const jump = useSubmit(
    () => actOn('wallets', 'moveClock', { to: `${to}:00Z` }),
    () => {
      setTo('');
      onJumped();
    },
  );
  if (passing) {
    return (
      <span className="lc-passing" role="status">
        Day {passing.day} of {passing.of} passes
        <Bar part={passing.day} whole={passing.of} wide />
        <button type="button" className="lc-btn small" onClick={stop}>
          Stop
        </button>
      </span>
    );
  }
  const fault = refusal ?? jump.refusal;
  return (
    <>
      <span
        className="lc-row"
        role="group"
        aria-label="Let days pass, one after the other"
        title="Day by day: what is past due is attempted on each"
      >
        Let pass
        {spansFrom(now).map(([label, days]) => (
          <button
            key={label}
            type="button"
            className="lc-btn small"
            disabled={jump.busy}
            onClick={() => void pass(days)}
          >
            {label}
          </button>
        ))}
      </span>
      <span className="lc-grow" />
      <form
        title="At once, as after an outage: what was missed is made up for, and nobody is disconnected for it"
        onSubmit={(event) => {
          event.preventDefault();
          void jump.submit();
        }}
      >
        <label>
          Or jump to
          <input
            className="lc-input"
            type="datetime-local"
            min={now.slice(0, 16)}
            max="2199-12-31T23:59"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
          UTC
        </label>
        <button type="submit" className="lc-btn small" disabled={jump.busy || to === ''}>
          Jump
        </button>
      </form>
      {fault && <Alert>{fault}</Alert>}
    </>
  );
};

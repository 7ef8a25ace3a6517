import React, { useState } from 'react';
import { postResourceAction } from '../../lib/actions.js';
import { formatNow, formatUtc } from '../../lib/times.js';
import { useAction } from '../../lib/use-action.js';
import { Alert, ProgressBar } from '../../ui/elements.js';
import { usePassingDays } from './use-passing-days.js';

/** How many days can pass at a time; a month is as long as the one of `now`. */
function getPeriods(now: string): [label: string, days: number][] {
  const date = new Date(now);
  const daysOfMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return [
    ['1 day', 1],
    ['1 week', 7],
    ['1 month', daysOfMonth],
  ];
}

interface DemoClockProps {
  /** The demo's time. */
  now: string;
  mayMove: boolean;
}

/** The demo's clock, which an admin moves forward to see wallets run dry. */
export const DemoClock: React.FC<DemoClockProps> = ({ now, mayMove }) => (
  <section className="lc-card lc-demo-clock" aria-label="The demo’s clock">
    <span>
      In the demo it is{' '}
      <time dateTime={now} title={formatUtc(now)}>
        <b>{formatNow(Date.parse(now))}</b>
      </time>
    </span>
    {mayMove ? <ClockControls now={now} /> : <span className="lc-faint">Only an admin can move it forward.</span>}
  </section>
);

const ClockControls: React.FC<{ now: string }> = ({ now }) => {
  const passingDays = usePassingDays();
  const { passing } = passingDays;
  const [to, setTo] = useState('');
  const jump = useAction(() => postResourceAction('wallets', 'moveClock', { to: `${to}:00Z` }), {
    onSuccess: () => setTo(''),
  });
  if (passing) {
    return (
      <span className="lc-passing" role="status">
        Advancing: day {passing.day} of {passing.total}
        <ProgressBar part={passing.day} whole={passing.total} wide />
        <button type="button" className="lc-btn small" onClick={passingDays.stop}>
          Stop
        </button>
      </span>
    );
  }
  const error = passingDays.error ?? jump.error;
  return (
    <>
      <span
        className="lc-row"
        role="group"
        aria-label="Advance day by day"
        title="Day by day: past due renewals are attempted each day"
      >
        Advance by
        {getPeriods(now).map(([label, days]) => (
          <button
            key={label}
            type="button"
            className="lc-btn small"
            disabled={jump.isPending}
            onClick={() => passingDays.run(days)}
          >
            {label}
          </button>
        ))}
      </span>
      <span className="lc-grow" />
      <form
        title="In one step, as after an outage: missed renewals are caught up, and no lease is disconnected for them"
        onSubmit={(event) => {
          event.preventDefault();
          jump.run();
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
        <button type="submit" className="lc-btn small" disabled={jump.isPending || to === ''}>
          Jump
        </button>
      </form>
      {error && <Alert>{error}</Alert>}
    </>
  );
};

import React from 'react';
import { inUtc, moment, span } from './times.js';

/** Where a request's clock stands. */
export interface DueClock {
  dueAt: string | null;
  pausedAt: string | null;
  /** How much of its time is used: 1 when it is due; null on a closed one. */
  dueShare: number | null;
}

/** From this share of the time on it is said in colour. */
const SOON = 0.75;

type Haste = '' | 'warn' | 'bad';

/** What the clock says in words, and how urgent that is. */
export function dueInWords({ dueAt, pausedAt, dueShare }: DueClock, now: number): { words: string; haste: Haste } {
  if (pausedAt) return { words: 'paused', haste: '' };
  if (dueAt === null) return { words: '—', haste: '' };
  const left = Date.parse(dueAt) - now;
  if (left < 0) return { words: `${span(-left)} over`, haste: 'bad' };
  return { words: `${span(left)} left`, haste: (dueShare ?? 0) >= SOON ? 'warn' : '' };
}

/** When it is due, for a tooltip: in the reader's zone and in UTC; of a clock that stands still, what it had left. */
export function dueTitle({ dueAt, pausedAt, dueShare }: DueClock, now: number): string {
  if (dueAt === null) return '';
  if (pausedAt) {
    const left = Date.parse(dueAt) - Date.parse(pausedAt);
    const then = left < 0 ? `it was ${span(-left)} over` : `${span(left)} were left`;
    return `The clock stands still since ${moment(pausedAt, now)} · ${inUtc(pausedAt)}; ${then}`;
  }
  const soon = dueInWords({ dueAt, pausedAt, dueShare }, now).haste === 'warn' ? 'soon: ' : '';
  return `${soon}due ${moment(dueAt, now)} · ${inUtc(dueAt)}`;
}

/** The time left with a bar below it that fills. */
export const Due: React.FC<{ clock: DueClock; now: number }> = ({ clock, now }) => {
  const { words, haste } = dueInWords(clock, now);
  const used = haste === 'bad' ? 1 : Math.min(1, Math.max(0, clock.dueShare ?? 0));
  return (
    <div className={`lc-due ${haste}`} title={dueTitle(clock, now)}>
      <span>
        {haste === 'bad' && <span aria-hidden="true">▲ </span>}
        {haste === 'warn' && (
          <>
            <span aria-hidden="true">△ </span>
            <span className="lc-unseen">due soon: </span>
          </>
        )}
        {words}
      </span>
      <div className="lc-bar" aria-hidden="true">
        <i style={{ width: clock.pausedAt ? 0 : `${used * 100}%` }} />
      </div>
    </div>
  );
};

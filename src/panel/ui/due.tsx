import React from 'react';
import { formatDuration, formatMoment, formatUtc } from '../lib/times.js';

/** The SLA clock of a request. */
export interface DueClock {
  dueAt: string | null;
  pausedAt: string | null;
  /** How much of its time is used: 1 when it is due; null on a closed request. */
  dueShare: number | null;
}

/** From this share of the time on the rest is shown in colour. */
const WARNING_SHARE = 0.75;

type DueTone = '' | 'warn' | 'bad';

export function formatDue({ dueAt, pausedAt, dueShare }: DueClock, now: number): { text: string; tone: DueTone } {
  if (pausedAt) return { text: 'paused', tone: '' };
  if (dueAt === null) return { text: '—', tone: '' };
  const leftMs = Date.parse(dueAt) - now;
  if (leftMs < 0) return { text: `${formatDuration(-leftMs)} late`, tone: 'bad' };
  return { text: `${formatDuration(leftMs)} left`, tone: (dueShare ?? 0) >= WARNING_SHARE ? 'warn' : '' };
}

/** For a tooltip: when it is due, in the reader's zone and in UTC; for a paused clock, what it had left. */
export function formatDueTitle({ dueAt, pausedAt, dueShare }: DueClock, now: number): string {
  if (dueAt === null) return '';
  if (pausedAt) {
    const leftMs = Date.parse(dueAt) - Date.parse(pausedAt);
    const then = leftMs < 0 ? `${formatDuration(-leftMs)} late` : `${formatDuration(leftMs)} left`;
    return `SLA paused since ${formatMoment(pausedAt, now)} · ${formatUtc(pausedAt)}; ${then}`;
  }
  const soon = formatDue({ dueAt, pausedAt, dueShare }, now).tone === 'warn' ? 'soon: ' : '';
  return `${soon}due ${formatMoment(dueAt, now)} · ${formatUtc(dueAt)}`;
}

/** The time left, with a bar below it that fills. */
export const Due: React.FC<{ clock: DueClock; now: number }> = ({ clock, now }) => {
  const { text, tone } = formatDue(clock, now);
  const usedShare = tone === 'bad' ? 1 : Math.min(1, Math.max(0, clock.dueShare ?? 0));
  return (
    <div className={`lc-due ${tone}`} title={formatDueTitle(clock, now)}>
      <span>
        {tone === 'bad' && <span aria-hidden="true">▲ </span>}
        {tone === 'warn' && (
          <>
            <span aria-hidden="true">△ </span>
            <span className="lc-visually-hidden">due soon: </span>
          </>
        )}
        {text}
      </span>
      <div className="lc-bar" aria-hidden="true">
        <i style={{ width: clock.pausedAt ? 0 : `${usedShare * 100}%` }} />
      </div>
    </div>
  );
};

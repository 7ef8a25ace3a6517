import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { BusinessCalendar } from './business-calendar.js';
import type { BlockerKind } from './lease-request-status.js';

const HOUR_MS = 3_600_000;
/** Working hours from submission until a request is due; a working day has 24. */
const DUE_AFTER_MS = 48 * HOUR_MS;

/** While one of these stands we wait for the partner, so the clock stands still. */
/** While one of these blocks it, a request's clock stands still. */
export const pausingBlockers: readonly (BlockerKind | null)[] = ['needs_clarification', 'wallet_short'];

/** Where a request's clock stands. `pausedAt` is when it was stopped, `pausedMs` how long it stood still before that. */
export interface SlaState {
  dueAt: Date;
  pausedAt: Date | null;
  pausedMs: number;
}

/** When a request is due: 48 hours of working days after it came, longer by what it stood still. */
@Injectable()
export class SlaCalculator {
  private readonly calendar: BusinessCalendar;

  constructor(@Inject(SETTINGS) private readonly settings: ReadySettings) {
    this.calendar = new BusinessCalendar(settings.businessTimeZone, settings.holidays);
  }

  dueAt(submittedAt: Date): Date {
    return this.calendar.add(submittedAt, DUE_AFTER_MS);
  }

  /** The day, `YYYY-MM-DD`, that it is at work. */
  toDay(now: Date): string {
    return DateTime.fromJSDate(now, { zone: this.settings.businessTimeZone }).toFormat('yyyy-MM-dd');
  }

  /** How much of its time a request has used: 1 when it is due, more when it is overdue; what it stood still does not count. */
  getShareUsed({ dueAt, pausedAt }: Pick<SlaState, 'dueAt' | 'pausedAt'>, now: Date): number {
    const at = pausedAt ?? now;
    if (at > dueAt) return 1 + (at.getTime() - dueAt.getTime()) / DUE_AFTER_MS;
    return 1 - Math.min(1, this.calendar.between(at, dueAt) / DUE_AFTER_MS);
  }

  /** The clock after the blocker became `blocker`; `null` lets it run. */
  addWorkingTime(state: SlaState, blocker: BlockerKind | null, now: Date): SlaState {
    const stands = state.pausedAt !== null;
    const shallStand = pausingBlockers.includes(blocker);
    if (stands === shallStand) return state;
    return stands ? this.resumed(state, state.pausedAt!, now) : { ...state, pausedAt: now };
  }

  /** How long it has stood still in all. */
  getPausedMs({ pausedAt, pausedMs }: Pick<SlaState, 'pausedAt' | 'pausedMs'>, now: Date): number {
    return pausedMs + (pausedAt ? Math.max(0, now.getTime() - pausedAt.getTime()) : 0);
  }

  private resumed(state: SlaState, pausedAt: Date, now: Date): SlaState {
    const stood = Math.max(0, now.getTime() - pausedAt.getTime());
    const left = this.calendar.between(pausedAt, state.dueAt);
    // What was overdue when it stopped is overdue by as much when it runs again.
    const dueAt = left > 0 ? this.calendar.add(now, left) : new Date(state.dueAt.getTime() + stood);
    return { dueAt, pausedAt: null, pausedMs: state.pausedMs + stood };
  }
}

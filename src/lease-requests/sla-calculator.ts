import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { toCalendarDay } from '../core/calendar-days.js';
import { BusinessCalendar } from './business-calendar.js';
import type { BlockerKind } from './lease-request-status.js';

const HOUR_MS = 3_600_000;
/** Working hours from submission until a request is due; a working day has 24 of them. */
const DUE_AFTER_MS = 48 * HOUR_MS;

/** Blockers that wait for the partner, and so pause the SLA. */
export const pausingBlockers: readonly (BlockerKind | null)[] = ['needs_clarification', 'wallet_short'];

/** `pausedAt` is when the SLA was paused last, `pausedMs` how long it was paused before that. */
export interface SlaState {
  dueAt: Date;
  pausedAt: Date | null;
  pausedMs: number;
}

/** A request is due after 48 hours of working days, not counting the time for which its SLA is paused. */
@Injectable()
export class SlaCalculator {
  private readonly calendar: BusinessCalendar;

  constructor(@Inject(SETTINGS) private readonly settings: ReadySettings) {
    this.calendar = new BusinessCalendar(settings.businessTimeZone, settings.holidays);
  }

  getDueAt(submittedAt: Date): Date {
    return this.calendar.addWorkingTime(submittedAt, DUE_AFTER_MS);
  }

  /** The date, `YYYY-MM-DD`, in the business time zone. */
  toBusinessDay(now: Date): string {
    return toCalendarDay(now, this.settings.businessTimeZone);
  }

  /** The used share of the time until a request is due: 1 when it is due, more when it is overdue. */
  getShareUsed({ dueAt, pausedAt }: Pick<SlaState, 'dueAt' | 'pausedAt'>, now: Date): number {
    const at = pausedAt ?? now;
    if (at > dueAt) return 1 + (at.getTime() - dueAt.getTime()) / DUE_AFTER_MS;
    return 1 - Math.min(1, this.calendar.getWorkingMs(at, dueAt) / DUE_AFTER_MS);
  }

  /** Pauses or resumes the SLA where the new blocker, or its end (`null`), asks for it. */
  applyBlocker(state: SlaState, blocker: BlockerKind | null, now: Date): SlaState {
    const { pausedAt } = state;
    const pauses = pausingBlockers.includes(blocker);
    if ((pausedAt !== null) === pauses) return state;
    return pausedAt ? this.resume(state, pausedAt, now) : { ...state, pausedAt: now };
  }

  /** How long the SLA has been paused in total. */
  getPausedMs({ pausedAt, pausedMs }: Pick<SlaState, 'pausedAt' | 'pausedMs'>, now: Date): number {
    return pausedMs + (pausedAt ? Math.max(0, now.getTime() - pausedAt.getTime()) : 0);
  }

  private resume(state: SlaState, pausedAt: Date, now: Date): SlaState {
    const newlyPausedMs = Math.max(0, now.getTime() - pausedAt.getTime());
    const leftMs = this.calendar.getWorkingMs(pausedAt, state.dueAt);
    // A request that was overdue when it was paused is overdue by as much when it resumes.
    const dueAt =
      leftMs > 0 ? this.calendar.addWorkingTime(now, leftMs) : new Date(state.dueAt.getTime() + newlyPausedMs);
    return { dueAt, pausedAt: null, pausedMs: state.pausedMs + newlyPausedMs };
  }
}

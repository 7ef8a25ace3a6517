import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { Unavailable } from './errors.js';

/** One reading of the database's clock, in milliseconds. */
export interface ClockReading {
  /** What to add to `performance.now()` for the database's time. */
  offsetMs: number;
  /** How far `offsetMs` may be wrong: half the round trip. */
  errorMs: number;
  /** `performance.now()` when it was read. */
  readAtMs: number;
  /** How far the machine's wall clock is ahead of the database's. */
  wallAheadMs: number;
}

/** The business time of one sandbox, for a piece of work. */
interface OwnTime {
  /** Milliseconds ahead of everybody else's business time. */
  aheadMs: number;
  /** The one moment at which all of it happens; `null` where time goes on. */
  at: Date | null;
}

/** A larger difference stops background work and makes the process not ready; a larger step is not followed. */
export const CLOCK_FAULT_MS = 10_000;

/** How far two clocks may drift apart in a millisecond: each is slewed by at most 500 ppm. */
const DRIFT = 0.001;

/**
 * Business time: submitted, assigned, due, undo windows, booked. It is the database's clock, kept as an offset to the monotonic
 * `performance.now()`, plus how far the demo's clock was moved; no call asks for it, and the machine's wall clock does not matter.
 * Sessions, claims and limits use the database's clock itself (docs/decisions/016).
 * A sandbox's is further ahead: work for one runs within {@link runAhead} or {@link runAt} (docs/decisions/036).
 */
@Injectable()
export class Clock {
  private readonly ownTime = new AsyncLocalStorage<OwnTime | undefined>();
  private aheadMs = 0;
  private kept: Omit<ClockReading, 'wallAheadMs'> | null = null;
  private currentFault: string | null = 'the database’s clock has not been read yet';
  private currentStep: string | null = null;

  now(): Date {
    return this.ownTime.getStore()?.at ?? this.toBusinessTime(this.databaseNow());
  }

  /** Runs work for a sandbox whose clock is so many milliseconds ahead; where the work around it is such work, by that one's. */
  runAhead<T>(aheadMs: number, work: () => T): T {
    return this.ownTime.getStore() ? work() : this.ownTime.run({ aheadMs, at: null }, work);
  }

  /** Runs work for a sandbox at one moment of its clock. */
  runAt<T>(at: Date, work: () => T): T {
    const aheadMs = this.runForAll(() => at.getTime() - this.now().getTime());
    return this.ownTime.run({ aheadMs, at }, work);
  }

  /** Runs work at one moment, which is now. */
  hold<T>(work: () => T): T {
    return this.runAt(this.now(), work);
  }

  /** Runs work for everybody, whatever the work around it is for. */
  runForAll<T>(work: () => T): T {
    return this.ownTime.run(undefined, work);
  }

  /** The database's clock. Until it was read for the first time, the machine's. */
  databaseNow(): Date {
    return new Date(this.kept ? performance.now() + this.kept.offsetMs : Date.now());
  }

  /** @param at a time of the database's clock */
  toBusinessTime(at: Date): Date {
    return new Date(at.getTime() + this.aheadMs + (this.ownTime.getStore()?.aheadMs ?? 0));
  }

  /** Milliseconds by which the database's clock is ahead of `Date.now()`: for libraries that read that. */
  getSkewMs(): number {
    return this.databaseNow().getTime() - Date.now();
  }

  /** Sets the clock to at least so many milliseconds ahead of the database's. It never goes back. */
  advanceTo(milliseconds: number): void {
    this.aheadMs = Math.max(this.aheadMs, milliseconds);
  }

  /** Why background work must not run: a clause, or `null` when the clocks agree. */
  get fault(): string | null {
    return this.currentFault;
  }

  setFault(fault: string | null): void {
    this.currentFault = fault;
  }

  /** The step of the database's clock that business time does not follow: a clause, or `null`. Nothing may be written meanwhile. */
  get unfollowedStep(): string | null {
    return this.currentStep;
  }

  setUnfollowedStep(step: string | null): void {
    this.currentStep = step;
  }

  /** @throws Unavailable while a step of the database's clock is not followed */
  assertMayWrite(): void {
    if (this.currentStep !== null) throw new ClockStepped(this.currentStep);
  }

  /**
   * For what is booked between two readings of the database's clock.
   * @param sentAt `databaseNow()` before the statement
   * @param recordedAt the database's time of the insert
   * @throws Unavailable where the clock was set back, before the next reading notices it
   */
  assertNotSetBack(sentAt: Date, recordedAt: Date): void {
    const earliest = this.getEarliestRecorded(sentAt);
    if (earliest && recordedAt < earliest) throw new ClockStepped('the database’s clock was set back');
  }

  /** The earliest time that {@link assertNotSetBack} allows; `null` before the first reading. */
  getEarliestRecorded(sentAt: Date): Date | null {
    return this.kept && new Date(sentAt.getTime() - CLOCK_FAULT_MS);
  }

  /** How far a reading is ahead of the time that is kept, in milliseconds. */
  getJumpMs({ offsetMs }: ClockReading): number {
    return this.kept ? offsetMs - this.kept.offsetMs : 0;
  }

  /** Keeps the reading unless the one that is kept is still the more accurate one. */
  follow({ offsetMs, errorMs, readAtMs }: ClockReading): void {
    const keptErrorMs = this.kept ? this.kept.errorMs + DRIFT * (readAtMs - this.kept.readAtMs) : Infinity;
    const isElsewhere = this.kept !== null && Math.abs(offsetMs - this.kept.offsetMs) > errorMs + keptErrorMs;
    if (errorMs <= keptErrorMs || isElsewhere) this.kept = { offsetMs, errorMs, readAtMs };
  }
}

/** Another process would take the stepped clock for right: what was refused for it is not run again by a new one. */
export class ClockStepped extends Unavailable {
  constructor(clause: string) {
    const message =
      'Nothing can be changed for now, because the clocks of the service and its database differ; reading still works. Try again later.';
    super(message, { cause: new Error(clause) });
  }
}

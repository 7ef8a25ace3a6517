import { Injectable } from '@nestjs/common';

/**
 * Business time: submitted, assigned, due, undo windows, booked. Tests and the demo move it forward; sessions and rate limits use
 * the database's clock.
 */
@Injectable()
export class Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  /** @param at a time of the machine's or the database's clock */
  toBusinessTime(at: Date): Date {
    return new Date(at.getTime() + this.aheadMs);
  }

  /** Sets the clock to at least so many milliseconds ahead of the machine's. It never goes back. */
  advanceTo(milliseconds: number): void {
    this.aheadMs = Math.max(this.aheadMs, milliseconds);
  }
}

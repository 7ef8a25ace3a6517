import { Injectable } from '@nestjs/common';

/** Business time: submitted, assigned, due, undo windows, booked. Tests and the demo move it; sessions and rate windows use the database's clock instead. */
@Injectable()
export class Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  /** The business time at which the machine's clock shows `at`, for what goes by the database's clock and is shown beside the rest. */
  toBusinessTime(at: Date): Date {
    return new Date(at.getTime() + this.aheadMs);
  }

  /** Lets it stand at least so many milliseconds ahead of the machine's: the demo alone does that. It never goes back. */
  advanceTo(milliseconds: number): void {
    this.aheadMs = Math.max(this.aheadMs, milliseconds);
  }
}

import { Clock } from '../core/clock.js';

/** The business clock while the demo is made: set to the time of each step, before the first of them. */
export class SeedClock extends Clock {
  private at = new Date();

  override now(): Date {
    return new Date(this.at);
  }

  moveTo(at: Date): void {
    this.at = at;
  }
}

import { Clock } from '../core/clock.js';

/** The business clock while the demo is made: set to the time of each step. */
export class SeedClock extends Clock {
  private at = new Date();

  override now(): Date {
    return new Date(this.at);
  }

  moveTo(at: Date): void {
    this.at = at;
  }
}

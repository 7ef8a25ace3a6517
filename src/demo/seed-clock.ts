import { Clock } from '../core/clock.js';

/** Business time as the demo's story has it. */
export class SeedClock extends Clock {
  private at = new Date();

  override now(): Date {
    return new Date(this.at);
  }

  moveTo(at: Date): void {
    this.at = at;
  }
}

import { Injectable } from '@nestjs/common';

/** Business time: submitted, assigned, due, undo windows, booked. Tests and the demo move it; sessions and rate windows use the database's clock instead. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}

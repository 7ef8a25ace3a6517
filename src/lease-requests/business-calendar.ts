import { DateTime } from 'luxon';

/** More than a request's time to its due day spans. */
const KEPT_DAYS = 16;

/** A local day: where it begins and ends, in milliseconds of the epoch. */
interface Day {
  startMs: number;
  endMs: number;
  isWorkingDay: boolean;
}

/** Staff work on all days but Saturdays, Sundays and holidays, by the dates of one time zone. */
export class BusinessCalendar {
  private readonly holidays: ReadonlySet<string>;
  /** Those asked for last: to find a day in a time zone takes longer than all else here. */
  private readonly days: Day[] = [];

  /**
   * @param timeZone an IANA name
   * @param holidays local dates, `YYYY-MM-DD`
   */
  constructor(
    private readonly timeZone: string,
    holidays: readonly string[],
  ) {
    this.holidays = new Set(holidays);
  }

  /** Adds time of working days: Friday 12:00 and 48 hours are Tuesday 12:00. */
  addWorkingTime(from: Date, milliseconds: number): Date {
    let leftMs = milliseconds;
    let atMs = from.getTime();
    for (;;) {
      const { endMs, isWorkingDay } = this.getDay(atMs);
      if (isWorkingDay) {
        if (leftMs <= endMs - atMs) return new Date(atMs + leftMs);
        leftMs -= endMs - atMs;
      }
      atMs = endMs;
    }
  }

  /** @returns the milliseconds of working days between two times; 0 when `to` is not after `from` */
  getWorkingMs(from: Date, to: Date): number {
    let workingMs = 0;
    let atMs = from.getTime();
    while (atMs < to.getTime()) {
      const { endMs, isWorkingDay } = this.getDay(atMs);
      if (isWorkingDay) workingMs += Math.min(endMs, to.getTime()) - atMs;
      atMs = endMs;
    }
    return workingMs;
  }

  private getDay(atMs: number): Day {
    const known = this.days.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
    if (known) return known;
    const start = DateTime.fromMillis(atMs, { zone: this.timeZone }).startOf('day');
    // The second `startOf`: after a day that begins at 01:00, because of summer time, the next one begins at 00:00.
    const end = start.plus({ days: 1 }).startOf('day');
    const isWorkingDay = start.weekday <= 5 && !this.holidays.has(start.toISODate()!);
    const day = { startMs: start.toMillis(), endMs: end.toMillis(), isWorkingDay };
    this.days.unshift(day);
    this.days.splice(KEPT_DAYS);
    return day;
  }
}

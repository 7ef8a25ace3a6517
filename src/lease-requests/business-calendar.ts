import { DateTime } from 'luxon';

/** Staff work on all days but Saturdays, Sundays and holidays, by the dates of one time zone. */
export class BusinessCalendar {
  private readonly holidays: ReadonlySet<string>;

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
    let at = this.toLocal(from);
    for (;;) {
      const dayEnd = getNextDay(at);
      if (this.isWorkingDay(at)) {
        const todayMs = dayEnd.toMillis() - at.toMillis();
        if (leftMs <= todayMs) return at.plus(leftMs).toJSDate();
        leftMs -= todayMs;
      }
      at = dayEnd;
    }
  }

  /** @returns the milliseconds of working days between two times; 0 when `to` is not after `from` */
  getWorkingMs(from: Date, to: Date): number {
    let workingMs = 0;
    let at = this.toLocal(from);
    const end = this.toLocal(to);
    while (at < end) {
      const dayEnd = getNextDay(at);
      const until = dayEnd < end ? dayEnd : end;
      if (this.isWorkingDay(at)) workingMs += until.toMillis() - at.toMillis();
      at = dayEnd;
    }
    return workingMs;
  }

  private toLocal(time: Date): DateTime {
    return DateTime.fromJSDate(time, { zone: this.timeZone });
  }

  private isWorkingDay(day: DateTime): boolean {
    return day.weekday <= 5 && !this.holidays.has(day.toISODate()!);
  }
}

function getNextDay(time: DateTime): DateTime {
  // The second `startOf`: after a day that begins at 01:00, because of summer time, the next one begins at 00:00.
  return time.startOf('day').plus({ days: 1 }).startOf('day');
}

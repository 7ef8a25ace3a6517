import { DateTime } from 'luxon';

/** The days on which staff work: all but Saturdays, Sundays and the holidays, by the calendar of one time zone. */
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

  /** The moment at which `milliseconds` of working days have passed since `from`: Friday 12:00 and 48 hours are Tuesday 12:00. */
  add(from: Date, milliseconds: number): Date {
    let left = milliseconds;
    let at = this.local(from);
    for (;;) {
      const dayEnd = nextDay(at);
      if (this.isWorked(at)) {
        const today = dayEnd.toMillis() - at.toMillis();
        if (left <= today) return at.plus(left).toJSDate();
        left -= today;
      }
      at = dayEnd;
    }
  }

  /** How many milliseconds of working days lie between two moments; 0 when `to` is not after `from`. */
  between(from: Date, to: Date): number {
    let passed = 0;
    let at = this.local(from);
    const end = this.local(to);
    while (at < end) {
      const dayEnd = nextDay(at);
      const until = dayEnd < end ? dayEnd : end;
      if (this.isWorked(at)) passed += until.toMillis() - at.toMillis();
      at = dayEnd;
    }
    return passed;
  }

  private local(moment: Date): DateTime {
    return DateTime.fromJSDate(moment, { zone: this.timeZone });
  }

  private isWorked(day: DateTime): boolean {
    return day.weekday <= 5 && !this.holidays.has(day.toISODate()!);
  }
}

function nextDay(moment: DateTime): DateTime {
  // Where a day begins at 01:00 because of summer time, a day more alone would keep the hour.
  return moment.startOf('day').plus({ days: 1 }).startOf('day');
}

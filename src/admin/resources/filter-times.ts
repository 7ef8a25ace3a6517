import { DateTime, type DurationLikeObject } from 'luxon';

const TIME =
  /^\d{4}-\d\d-\d\d(?:T(?<minute>\d\d:\d\d)(?::(?<second>\d\d)(?<fraction>\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/** A moment or a day as a filter states it: from its first moment up to the next one of its kind. */
export interface StatedTime {
  start: Date;
  /** Exclusive. */
  end: Date;
}

/**
 * Reads a day, a minute, a second or a millisecond: `2026-11-30`, `2026-11-30T08:00`, `2026-11-30T08:00:00Z`.
 * @param timeZone counts where the text names none
 * @returns `null` where there is no such time, as on 30 February
 */
export function readStatedTime(text: string, timeZone: string): StatedTime | null {
  const { minute, second, fraction } = TIME.exec(text)?.groups ?? {};
  const start = TIME.test(text) ? DateTime.fromISO(text, { zone: timeZone }) : null;
  if (!start?.isValid || start.year < 1) return null;
  const unit: keyof DurationLikeObject = fraction ? 'millisecond' : second ? 'second' : minute ? 'minute' : 'day';
  const end = start.plus({ [unit]: 1 });
  return { start: start.toJSDate(), end: (unit === 'day' ? end.startOf('day') : end).toJSDate() };
}

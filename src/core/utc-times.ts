// Times in messages, the command line and the books are in UTC and say so; the panel turns them into its reader's. CSV and JSON have ISO 8601.

/** `2027-02-01 01:00 UTC`. */
export function formatUtcMoment(time: Date): string {
  return `${formatUtcDay(time)} ${formatUtcClock(time)}`;
}

/** `2027-02-01`. */
export function formatUtcDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** `01:00 UTC`. */
export function formatUtcClock(time: Date): string {
  return `${time.toISOString().slice(11, 16)} UTC`;
}

/** Money that falls due every month from `at` on. */
export interface MonthlyDue {
  at: string | Date;
  cents: number;
  /** The day of the month that it keeps to, where `at` falls in a shorter one; else its own. */
  anchorDay?: number;
}

/** Beyond this nobody plans. */
const MOST_MONTHS = 36;

/**
 * The first renewal that the balance does not pay for any more, when nothing is paid in; `null` where that is not within three years.
 * @param dues the next renewal of each live lease
 */
export function runsDryAt(balanceCents: number, dues: readonly MonthlyDue[]): Date | null {
  const inOrder = dues.map(({ at, ...due }) => ({ at: new Date(at), ...due })).sort((a, b) => +a.at - +b.at);
  let left = balanceCents;
  for (let month = 0; month < MOST_MONTHS && inOrder.length > 0; month += 1) {
    for (const { at, cents, anchorDay } of inOrder) {
      left -= cents;
      if (left < 0) return monthsLater(at, month, anchorDay ?? at.getUTCDate());
    }
  }
  return null;
}

/** The same day so many months on, or the last one of a shorter month. */
function monthsLater(at: Date, months: number, anchorDay: number): Date {
  const later = new Date(at);
  later.setUTCDate(1);
  later.setUTCMonth(at.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1, 0)).getUTCDate();
  later.setUTCDate(Math.min(anchorDay, lastDay));
  return later;
}

import { renewalAfter } from '../leases/billing-calendar.js';

/** Money that falls due at `at` and every month after it, on the anchor day or the last one of a shorter month. */
export interface MonthlyDue {
  at: string | Date;
  anchorDay: number;
  cents: number;
}

/** Beyond this nobody plans. */
const MOST_MONTHS = 36;

/**
 * The first renewal that the balance does not pay for any more, when nothing is paid in; `null` where that is not within three years.
 * @param dues the next renewal of each live lease
 */
export function runsDryAt(balanceCents: number, dues: readonly MonthlyDue[]): Date | null {
  const each = dues.reduce((sum, { cents }) => sum + cents, 0);
  let left = balanceCents;
  for (let month = 0; month < MOST_MONTHS; month += 1) {
    if (left < each) return firstUnpaid(left, dues, month);
    left -= each;
  }
  return null;
}

function firstUnpaid(balanceCents: number, dues: readonly MonthlyDue[], month: number): Date | null {
  const inOrder = dues
    .map(({ at, anchorDay, cents }) => ({ at: renewalAfter(new Date(at), anchorDay, month), cents }))
    .sort((a, b) => +a.at - +b.at);
  let left = balanceCents;
  return inOrder.find(({ cents }) => (left -= cents) < 0)?.at ?? null;
}

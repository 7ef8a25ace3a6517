import { addBillingMonths } from '../core/billing-calendar.js';

/** Money that falls due at `at` and every month after it, on the anchor day or the last one of a shorter month. */
export interface MonthlyDue {
  at: string | Date;
  anchorDay: number;
  cents: number;
}

interface Due {
  at: Date;
  /** The calendar month (UTC) of the first one, counted from year 0. */
  month: number;
  anchorDay: number;
  cents: number;
}

/** Beyond this nobody plans. */
const MAX_MONTHS = 36;

/**
 * The first renewal that the balance does not pay for any more, when nothing is paid in; `null` where that is not within three years of the
 * first of all. Every month of a lease counts at its own time: one that is long unpaid takes several before a younger one's first.
 * @param dues the next renewal of each live lease
 */
export function getBalanceDepletedAt(balanceCents: number, dues: readonly MonthlyDue[]): Date | null {
  const all = dues.map(toDue).sort((a, b) => +a.at - +b.at);
  const [first] = all;
  if (!first) return null;
  let left = balanceCents;
  // What has begun falls due once in every calendar month, so moments matter in the month alone in which the money ends.
  for (let month = first.month; month <= first.month + MAX_MONTHS; month += 1) {
    const begun = all.filter((due) => due.month <= month);
    const cents = begun.reduce((sum, due) => sum + due.cents, 0);
    if (left < cents) {
      const at = findFirstUnpaid(left, begun, month);
      return at && at < addBillingMonths(first.at, first.anchorDay, MAX_MONTHS) ? at : null;
    }
    left -= cents;
  }
  return null;
}

function toDue({ at, anchorDay, cents }: MonthlyDue): Due {
  const first = new Date(at);
  return { at: first, month: first.getUTCFullYear() * 12 + first.getUTCMonth(), anchorDay, cents };
}

function findFirstUnpaid(balanceCents: number, dues: readonly Due[], month: number): Date | null {
  const inOrder = dues
    .map((due) => ({ at: addBillingMonths(due.at, due.anchorDay, month - due.month), cents: due.cents }))
    .sort((a, b) => +a.at - +b.at);
  let left = balanceCents;
  return inOrder.find(({ cents }) => (left -= cents) < 0)?.at ?? null;
}

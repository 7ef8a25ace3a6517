import { addBillingMonths } from '../core/billing-calendar.js';

/** Money that falls due at `at` and every month after it, on the anchor day or the last day of a shorter month. */
export interface MonthlyDue {
  at: string | Date;
  anchorDay: number;
  cents: number;
}

interface FirstDue {
  at: Date;
  /** Its calendar month (UTC), counted from year 0. */
  month: number;
  anchorDay: number;
  cents: number;
}

const MAX_MONTHS = 36;

/**
 * The first renewal that the balance does not cover if nothing is paid in; `null` where that is more than three years after the next
 * renewal. Every month of a lease counts at its own time: a long overdue lease has several months before a younger one's first.
 * @param dues the next renewal of each live lease
 */
export function getBalanceDepletedAt(balanceCents: number, dues: readonly MonthlyDue[]): Date | null {
  const all = dues.map(toFirstDue).sort((a, b) => +a.at - +b.at);
  const [first] = all;
  if (!first) return null;
  let leftCents = balanceCents;
  // Each lease falls due once in a calendar month, so the exact time matters only in the month in which the money runs out.
  for (let month = first.month; month <= first.month + MAX_MONTHS; month += 1) {
    const started = all.filter((due) => due.month <= month);
    const cents = started.reduce((sum, due) => sum + due.cents, 0);
    if (leftCents < cents) {
      const at = findFirstUnpaid(leftCents, started, month);
      return at && at < addBillingMonths(first.at, first.anchorDay, MAX_MONTHS) ? at : null;
    }
    leftCents -= cents;
  }
  return null;
}

function toFirstDue({ at, anchorDay, cents }: MonthlyDue): FirstDue {
  const first = new Date(at);
  return { at: first, month: first.getUTCFullYear() * 12 + first.getUTCMonth(), anchorDay, cents };
}

function findFirstUnpaid(balanceCents: number, dues: readonly FirstDue[], month: number): Date | null {
  const inOrder = dues
    .map((due) => ({ at: addBillingMonths(due.at, due.anchorDay, month - due.month), cents: due.cents }))
    .sort((a, b) => +a.at - +b.at);
  let leftCents = balanceCents;
  return inOrder.find(({ cents }) => (leftCents -= cents) < 0)?.at ?? null;
}

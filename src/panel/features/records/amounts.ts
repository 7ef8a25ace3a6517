import { MAX_CENTS } from '../../../core/money.js';

const typedDollars = /^\$?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/;

/** What somebody typed, in whole cents, without ever going through a fraction: `1,250.5` → 125050; null when it is no amount. */
export function centsOf(typed: string): number | null {
  const found = typedDollars.exec(typed.trim());
  if (!found) return null;
  const cents = Number(found[1]?.replaceAll(',', '')) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
  return Number.isSafeInteger(cents) ? cents : null;
}

/** Whether it is an amount, but larger than any that the ledger takes. */
export function isTooLarge(typed: string): boolean {
  return typedDollars.test(typed.trim()) && (centsOf(typed) ?? Infinity) > MAX_CENTS;
}

/** Cents as one would type them: `125050` → `1250.50`. */
export function typedFrom(cents: number): string {
  return (cents / 100).toFixed(2);
}

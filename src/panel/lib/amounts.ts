import { MAX_CENTS } from '../../core/money.js';

const dollarPattern = /^\$?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/;

/** A typed amount in integer cents, without a floating-point step: `1,250.5` → 125050; null when it is no amount. */
export function parseDollars(typed: string): number | null {
  const found = dollarPattern.exec(typed.trim());
  if (!found) return null;
  const cents = Number(found[1]?.replaceAll(',', '')) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
  return Number.isSafeInteger(cents) ? cents : null;
}

/** An amount, but more than the ledger takes at once. */
export function isAmountTooLarge(typed: string): boolean {
  return dollarPattern.test(typed.trim()) && (parseDollars(typed) ?? Infinity) > MAX_CENTS;
}

/** Cents for a text field: `125050` → `1250.50`. */
export function formatDollarInput(cents: number): string {
  return (cents / 100).toFixed(2);
}

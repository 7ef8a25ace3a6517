export { MAX_CENTS } from '../config/limits.js';

const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** Integer cents as people read them: `15000` → `$150.00`, `-5` → `-$0.05`. */
export function formatDollars(cents: number): string {
  return usd.format(cents / 100);
}

/** With a real minus sign: `$5.00`, `−$5.00`. */
export function formatBalance(cents: number): string {
  return cents < 0 ? `−${formatDollars(-cents)}` : formatDollars(cents);
}

/** A change with its sign: `+$5.00`, `−$5.00`. */
export function formatChange(cents: number): string {
  return `${cents > 0 ? '+' : ''}${formatBalance(cents)}`;
}

export { MAX_CENTS } from '../config/limits.js';

const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** Integer cents as people read them: `15000` → `$150.00`, `-5` → `-$0.05`. */
export function formatDollars(cents: number): string {
  return usd.format(cents / 100);
}

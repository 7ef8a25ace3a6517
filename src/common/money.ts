const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** Integer cents as people read them: `15000` → `$150.00`, `-5` → `-$0.05`. */
export function dollars(cents: number): string {
  return usd.format(cents / 100);
}

/** The largest amount in cents that the ledger takes; sums of it stay exact in a JavaScript number. */
export const MAX_CENTS = 1_000_000_000_000;

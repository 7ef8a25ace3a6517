import { formatDollars } from '../core/money.js';

/** An amount above it is unusual for every partner. */
const UNUSUAL_ABOVE_CENTS = 10_000_000;
/** So many times the largest one so far is unusual: a digit typed too often. */
const UNUSUAL_TIMES = 10;

const inWords = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumFractionDigits: 2,
});

/**
 * Whether an amount that staff move by hand looks like a slip, so that it is confirmed.
 * @param amountCents negative where it takes from the wallet
 * @param largestCents the partner's largest one so far; `null` for none
 */
export function isUnusualAmount(amountCents: number, largestCents: number | null): boolean {
  const cents = Math.abs(amountCents);
  return cents > UNUSUAL_ABOVE_CENTS || (largestCents !== null && cents >= UNUSUAL_TIMES * largestCents);
}

/** `$10,000,000,000.00 (10 billion dollars) is unusual: the largest amount of this partner so far is $900.00`, without a full stop. */
export function describeUnusualAmount(amountCents: number, largestCents: number | null): string {
  const so = largestCents === null ? 'nothing was booked for this partner by hand before' : toComparison(largestCents);
  return `${formatInWords(Math.abs(amountCents))} is unusual: ${so}`;
}

function toComparison(largestCents: number): string {
  return `the largest amount of this partner so far is ${formatDollars(largestCents)}`;
}

function formatInWords(cents: number): string {
  const figures = formatDollars(cents);
  return cents < 1_000_000 ? figures : `${figures} (${inWords.format(cents / 100)} dollars)`;
}

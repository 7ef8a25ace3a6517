import { getBalanceDepletedAt } from '../../../forecast/runway.js';
import type { Fulfil } from '../../lib/types.js';
import { howMany } from '../../lib/format.js';

const dayMs = 86_400_000;

/** How long the wallet lasts after so many more assignments, when nothing is paid in: `13 days`, `4 months`. */
export function thenLasts({ wallet, firstRenewalAt, anchorDay }: Fulfil, accounts: number, now: number): string {
  const cost = accounts * wallet.priceCents;
  const dues = [...wallet.dues, { at: firstRenewalAt, anchorDay, cents: cost }].filter(({ cents }) => cents > 0);
  return timeUntil(getBalanceDepletedAt(wallet.balanceCents - cost, dues), now);
}

export function timeUntil(at: Date | null, now: number): string {
  if (at === null) return 'over 3 years';
  const days = Math.floor((at.getTime() - now) / dayMs);
  if (days < 1) return 'less than a day';
  return days < 60 ? howMany(days, 'day') : howMany(Math.round(days / 30.44), 'month');
}

import { getBalanceDepletedAt } from '../../../forecast/runway.js';
import { formatCount } from '../../lib/format.js';
import type { RequestView } from './types.js';

const DAY_MS = 86_400_000;
const DAYS_PER_MONTH = 30.44;

/** How long the wallet lasts after so many more assignments, when nothing is paid in: `13 days`, `4 months`. */
export function formatRunwayAfter(view: RequestView, accountCount: number, now: number): string {
  const { wallet, firstRenewalAt, anchorDay } = view;
  const costCents = accountCount * wallet.priceCents;
  const dues = [...wallet.dues, { at: firstRenewalAt, anchorDay, cents: costCents }].filter(({ cents }) => cents > 0);
  const balanceDepletedAt = getBalanceDepletedAt(wallet.balanceCents - costCents, dues);
  if (balanceDepletedAt === null) return 'over 3 years';
  const days = Math.floor((balanceDepletedAt.getTime() - now) / DAY_MS);
  if (days < 1) return 'less than a day';
  return days < 60 ? formatCount(days, 'day') : formatCount(Math.round(days / DAYS_PER_MONTH), 'month');
}

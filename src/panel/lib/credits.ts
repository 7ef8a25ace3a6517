import { formatDollars } from './format.js';

interface CreditedWallet {
  balanceCents: number;
  owedCents: number;
  /** Whether a renewal is due that is not paid. */
  hasRenewalsDue: boolean;
}

/** What becomes of money that comes into a wallet: it settles what is owed first, then it pays the renewals that are due. */
export function describeCredit({ balanceCents, owedCents, hasRenewalsDue }: CreditedWallet, cents: number): string {
  const settledCents = Math.min(owedCents, cents);
  const change = `The wallet goes from ${formatDollars(balanceCents)} to ${formatDollars(balanceCents + cents - settledCents)}`;
  const settlement = settledCents > 0 ? `; ${formatDollars(settledCents)} settles the amount owed` : '';
  return `${change}${settlement}.${hasRenewalsDue && settledCents < cents ? ` ${dueRenewalsNotice}` : ''}`;
}

export const dueRenewalsNotice = 'Due renewals are paid from it immediately, oldest first.';

/** Whether a renewal was due at `now` and is not paid. @param dues the next renewals */
export function hasRenewalsDue(dues: readonly { at: string | Date }[], now: number): boolean {
  return dues.some(({ at }) => new Date(at).getTime() <= now);
}

import { formatDollars } from '../core/money.js';
import type { WalletNow } from './credited-wallet.js';
import { formatCount } from '../core/counts.js';

/** `$150.00 settled the amount owed, 5 due renewals were paid at once ($750.00), the wallet holds $1,350.00`, without a full stop. */
export function describeWallet(
  wallet: Pick<WalletNow, 'balanceCents' | 'owedCents'> & Partial<WalletNow> & { settledCents?: number },
): string {
  const {
    balanceCents,
    owedCents,
    settledCents = 0,
    renewalsPaid = 0,
    renewalsPaidCents = 0,
    renewalsDue = 0,
  } = wallet;
  const parts = [
    settledCents > 0 && `${formatDollars(settledCents)} settled the amount owed`,
    renewalsPaid > 0 &&
      `${formatCount(renewalsPaid, 'due renewal was', 'due renewals were')} paid immediately (${formatDollars(renewalsPaidCents)})`,
    `the wallet holds ${formatDollars(balanceCents)}${owedCents > 0 ? ` and owes ${formatDollars(owedCents)}` : ''}`,
    renewalsDue > 0 && `${formatCount(renewalsDue, 'renewal is', 'renewals are')} due and unpaid`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** `$150.00 refunded, $50.00 settled the amount owed, the wallet holds $100.00`, without a full stop. */
export function describeRefund(end: { refundedCents: number; settledCents: number; wallet: WalletNow }): string {
  const { refundedCents, settledCents, wallet } = end;
  if (refundedCents === 0) return 'nothing was refunded';
  return `${formatDollars(refundedCents)} refunded, ${describeWallet({ ...wallet, settledCents })}`;
}

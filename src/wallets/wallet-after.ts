import type { ManualTransaction } from './manual-transactions.js';

export interface WalletAmounts {
  balanceCents: number;
  owedCents: number;
}

/**
 * The wallet after a transaction that is booked on it now; `null` where the wallet does not hold what it takes. Renewals that are due are
 * paid from a credit right after.
 */
export function getWalletAfter(
  { balanceCents, owedCents }: WalletAmounts,
  { kind, amountCents }: Pick<ManualTransaction, 'kind' | 'amountCents'>,
): WalletAmounts | null {
  if (amountCents > 0) {
    const settledCents = Math.min(owedCents, amountCents);
    return { balanceCents: balanceCents + amountCents - settledCents, owedCents: owedCents - settledCents };
  }
  const takenCents = -amountCents;
  if (kind === 'top_up_reversal') {
    const fromWalletCents = Math.min(balanceCents, takenCents);
    return { balanceCents: balanceCents - fromWalletCents, owedCents: owedCents + takenCents - fromWalletCents };
  }
  return owedCents > 0 || balanceCents < takenCents ? null : { balanceCents: balanceCents - takenCents, owedCents };
}

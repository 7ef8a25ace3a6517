import { MAX_CENTS } from '../core/money.js';
import { IsText, IsWholeNumber, Optional, validationRule } from '../core/validation.js';

class WalletRef {
  @IsText(1, 100)
  organizationId: string;
}

export class TopUp extends WalletRef {
  @IsWholeNumber(1, MAX_CENTS)
  amountCents: number;

  /** The repeated amount, which confirms an unusual one. */
  @Optional()
  @IsWholeNumber(1, MAX_CENTS)
  confirmedCents?: number;

  /** The payment's own reference, unique over all top-ups. */
  @IsText(1, 200)
  reference: string;
}

export class Adjustment extends WalletRef {
  /** Negative where it takes from the wallet. */
  @IsWholeNumber(-MAX_CENTS, MAX_CENTS)
  @validationRule('isNotZero', (value) => (value === 0 ? 'must not be 0' : null))
  amountCents: number;

  /** As for {@link TopUp}, with the sign. */
  @Optional()
  @IsWholeNumber(-MAX_CENTS, MAX_CENTS)
  confirmedCents?: number;

  @IsText(1, 500)
  reason: string;

  /** Identifies the adjustment: a repeated one gets the first answer, so that a call without an answer can be repeated. */
  @Optional()
  @IsText(1, 200)
  reference?: string;
}

export class ReverseTopUp extends WalletRef {
  /** The top-up that bounced, `txn_…`. */
  @IsText(1, 100)
  transactionId: string;

  @IsText(1, 500)
  reason: string;
}

export class Payout extends WalletRef {
  @IsWholeNumber(1, MAX_CENTS)
  amountCents: number;

  /** As for {@link TopUp}. */
  @Optional()
  @IsWholeNumber(1, MAX_CENTS)
  confirmedCents?: number;

  /** The outgoing payment's own reference, unique over all payouts. */
  @IsText(1, 200)
  reference: string;

  @Optional()
  @IsText(1, 500)
  reason?: string;
}

export class ApproveTransaction extends WalletRef {
  @IsText(1, 100)
  proposalId: string;
}

export class DeclineTransaction extends ApproveTransaction {
  @IsText(1, 500)
  reason: string;
}

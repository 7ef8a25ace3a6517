import { MAX_CENTS } from '../common/money.js';
import { IsText, IsWholeNumber, Optional, rule } from '../common/validation.js';

class OnWallet {
  @IsText(1, 100)
  organizationId: string;
}

export class TopUp extends OnWallet {
  @IsWholeNumber(1, MAX_CENTS)
  amountCents: number;

  /** The payment's own reference, unique over all top-ups. */
  @IsText(1, 200)
  reference: string;
}

export class Adjustment extends OnWallet {
  /** Signed: negative takes from the wallet. */
  @IsWholeNumber(-MAX_CENTS, MAX_CENTS)
  @rule('isNotZero', (value) => (value === 0 ? 'must not be 0' : null))
  amountCents: number;

  @IsText(1, 500)
  reason: string;

  /** Names this one adjustment: the same again answers with the first, so that whoever got no answer may ask again. */
  @Optional()
  @IsText(1, 200)
  reference?: string;
}

export class ReverseTopUp extends OnWallet {
  /** The top-up that came back, `txn_…`. */
  @IsText(1, 100)
  transactionId: string;

  @IsText(1, 500)
  reason: string;
}

export class Payout extends OnWallet {
  @IsWholeNumber(1, MAX_CENTS)
  amountCents: number;

  /** The outgoing payment's own reference, unique over all payouts. */
  @IsText(1, 200)
  reference: string;

  @Optional()
  @IsText(1, 500)
  reason?: string;
}

export class ApproveMovement extends OnWallet {
  @IsText(1, 100)
  proposalId: string;
}

export class DeclineMovement extends ApproveMovement {
  @IsText(1, 500)
  reason: string;
}

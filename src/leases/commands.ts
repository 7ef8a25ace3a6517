import { IsText, IsTrueOrFalse } from '../core/validation.js';

export class DisconnectLease {
  @IsText(1, 100)
  leaseId: string;

  @IsText(1, 500)
  reason: string;

  /** Whether the newest charge is refunded. */
  @IsTrueOrFalse()
  refund: boolean;
}

export class ReleaseLease {
  @IsText(1, 100)
  leaseId: string;

  @IsText(1, 500)
  reason: string;
}

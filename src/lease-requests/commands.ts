import type { LeaseRequestId } from '../core/ids.js';
import { IsText, IsTrueOrFalse, Optional } from '../core/validation.js';

/** Names a request by our `lreq_…`, not by the partner's id. */
export class RequestRef {
  @IsText(1, 100)
  leaseRequestId: LeaseRequestId;
}

export class ClaimRequest extends RequestRef {
  /** Whether to take over a colleague's claim. */
  @Optional()
  @IsTrueOrFalse()
  takeOver?: boolean;
}

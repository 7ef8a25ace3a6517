import type { LeaseRequestId } from '../core/ids.js';
import { IsText, IsTrueOrFalse, Optional } from '../core/validation.js';

/** A request, by our `lreq_…`, never by the partner's own id. */
export class RequestRef {
  @IsText(1, 100)
  leaseRequestId: LeaseRequestId;
}

export class ClaimRequest extends RequestRef {
  /** Whether a colleague's claim is to be taken over. */
  @Optional()
  @IsTrueOrFalse()
  takeOver?: boolean;
}

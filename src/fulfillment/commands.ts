import { IsDay, IsOneOf, IsText, IsWholeNumber, IsYesOrNo, Optional } from '../common/validation.js';
import {
  blockerKinds,
  noteVisibilities,
  staffOutcomeReasons,
  type BlockerKind,
  type NoteVisibility,
  type OutcomeReason,
} from '../lease-requests/lease-request-status.js';

const MOST_VERSIONS = 2_147_483_647;

/** A request, by our `lreq_…`, never by the partner's own id. */
export class OnRequest {
  @IsText(1, 100)
  requestId: string;
}

export class AssignAccount extends OnRequest {
  @IsText(1, 100)
  socialAccountId: string;

  /** The version that the staff member saw; a newer one is refused. */
  @Optional()
  @IsWholeNumber(0, MOST_VERSIONS)
  version?: number;

  /** The monthly price that the staff member saw, in cents; another one is refused. */
  @Optional()
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  expectedPriceCents?: number;
}

export class ClaimRequest extends OnRequest {
  /** Whether a colleague's claim is to be taken over. */
  @Optional()
  @IsYesOrNo()
  takeOver?: boolean;
}

export class ReplaceAccount extends OnRequest {
  /** The account that was lost. */
  @IsText(1, 100)
  socialAccountId: string;

  @IsText(1, 100)
  newSocialAccountId: string;

  @IsText(1, 500)
  reason: string;
}

export class UndoAssignment extends OnRequest {
  @IsText(1, 100)
  socialAccountId: string;

  @IsText(1, 500)
  reason: string;
}

export class AddNote extends OnRequest {
  @IsText(1, 2000)
  body: string;

  @IsOneOf(noteVisibilities)
  visibility: NoteVisibility;

  /** What the note says blocks the request from now on. */
  @Optional()
  @IsOneOf(blockerKinds)
  blocker?: BlockerKind;

  /** The day, `YYYY-MM-DD`, on which the blocker wakes by itself. */
  @Optional()
  @IsDay()
  lookAgainOn?: string;

  /** The version that the staff member saw; a newer one is refused. */
  @Optional()
  @IsWholeNumber(0, MOST_VERSIONS)
  version?: number;
}

export class WithdrawNote extends OnRequest {
  @IsText(1, 100)
  noteId: string;
}

export class ClearBlocker extends OnRequest {
  /** The version that the staff member saw; a newer one is refused. */
  @Optional()
  @IsWholeNumber(0, MOST_VERSIONS)
  version?: number;
}

export class MapRequestedVertical extends OnRequest {
  /** The pool's word that the partner's stands for from now on. */
  @IsText(1, 100)
  vertical: string;
}

export class CloseRequest extends OnRequest {
  /** What the partner will read. */
  @IsText(1, 2000)
  note: string;

  /** Where it is left out, the standing blocker says it, else `other`. */
  @Optional()
  @IsOneOf(staffOutcomeReasons)
  outcomeReason?: OutcomeReason;

  @Optional()
  @IsWholeNumber(0, MOST_VERSIONS)
  version?: number;
}

/** Takes no fields. */
export class ServeNext {}

import { IsDay, IsOneOf, IsText, IsWholeNumber, Optional } from '../core/validation.js';
import {
  blockerKinds,
  noteVisibilities,
  staffOutcomeReasons,
  type BlockerKind,
  type NoteVisibility,
  type OutcomeReason,
} from '../lease-requests/lease-request-status.js';
import { RequestRef } from '../lease-requests/commands.js';

const MAX_VERSION = 2_147_483_647;

export class AssignAccount extends RequestRef {
  @IsText(1, 100)
  socialAccountId: string;

  /** The version that the staff member saw; a newer one is refused. */
  @Optional()
  @IsWholeNumber(0, MAX_VERSION)
  version?: number;

  /** The monthly price that the staff member saw, in cents; refused where the price is another one now. */
  @Optional()
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  expectedPriceCents?: number;
}

/** What becomes of an account that is replaced. */
export const oldAccountPlaces = ['quarantine', 'pool'] as const;
export type OldAccountPlace = (typeof oldAccountPlaces)[number];

export class ReplaceAccount extends RequestRef {
  /** The account to be replaced. */
  @IsText(1, 100)
  socialAccountId: string;

  /** Where that account goes; required while it is leased, and not allowed once its lease has ended. */
  @Optional()
  @IsOneOf(oldAccountPlaces)
  oldAccountTo?: OldAccountPlace;

  @IsText(1, 100)
  newSocialAccountId: string;

  @IsText(1, 500)
  reason: string;
}

export class UndoAssignment extends RequestRef {
  @IsText(1, 100)
  socialAccountId: string;

  /** Why; needed by nobody, for an undo corrects a slip of the last minutes. */
  @Optional()
  @IsText(1, 500)
  reason?: string;
}

export class AddNote extends RequestRef {
  @IsText(1, 2000)
  body: string;

  @IsOneOf(noteVisibilities)
  visibility: NoteVisibility;

  /** Sets this blocker on the request. */
  @Optional()
  @IsOneOf(blockerKinds)
  blocker?: BlockerKind;

  /** The day, `YYYY-MM-DD`, on which the request is unblocked automatically. */
  @Optional()
  @IsDay()
  lookAgainOn?: string;

  /** The version that the staff member saw; a newer one is refused. */
  @Optional()
  @IsWholeNumber(0, MAX_VERSION)
  version?: number;
}

/** Every reply up to this note was read. */
export class ReadReply extends RequestRef {
  @IsText(1, 100)
  noteId: string;
}

export class NoteRef extends RequestRef {
  @IsText(1, 100)
  noteId: string;
}

export class ClearBlocker extends RequestRef {
  /** The version that the staff member saw; a newer one is refused. */
  @Optional()
  @IsWholeNumber(0, MAX_VERSION)
  version?: number;
}

export class MapRequestedVertical extends RequestRef {
  /** The pool's vertical that the request's one becomes a synonym of. */
  @IsText(1, 100)
  vertical: string;
}

export class CloseRequest extends RequestRef {
  /** What the partner will see. */
  @IsText(1, 2000)
  note: string;

  /** @default that of the current blocker, else `other` */
  @Optional()
  @IsOneOf(staffOutcomeReasons)
  outcomeReason?: OutcomeReason;

  @Optional()
  @IsWholeNumber(0, MAX_VERSION)
  version?: number;
}

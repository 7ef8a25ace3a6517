import { Logger } from '@nestjs/common';
import {
  Conflict,
  DomainError,
  ValidationFailed,
  type ConflictReason,
  type ErrorCode,
  type FieldError,
} from '../../core/errors.js';
import { toUnavailable } from '../../core/database-errors.js';
import { toFieldErrorText } from './field-labels.js';
import { NotConfirmed } from './step-up.js';

const log = new Logger('Panel');

/** Why something was not done, as the panel says it. */
export interface PanelError {
  sentence: string;
  status: number;
  code: string;
  retryAfterSeconds?: number;
  /** What would make it possible: the page asks for a code and repeats the call. */
  confirm?: 'second-factor';
  /** The fields at fault, for a form. */
  fields: FieldError[];
}

/** A refusal of ours in its own words; anything else is logged, and the staff member gets the id to ask about it. */
export function toPanelError(thrown: unknown, requestId: string): PanelError {
  const error = toUnavailable(thrown);
  if (error instanceof ValidationFailed) {
    const { fields } = error.details;
    const sentence = `Not done: ${fields.map(toFieldErrorText).join('; ')}. ${getNextStepForFields(fields)}`;
    return { sentence, status: error.status, code: error.code, fields };
  }
  if (error instanceof NotConfirmed) {
    const { message: sentence, status, code } = error;
    return { sentence, status, code, fields: [], confirm: 'second-factor' };
  }
  if (error instanceof DomainError) {
    const { status, code, retryAfterSeconds } = error;
    return { sentence: withNextStep(error), status, code, retryAfterSeconds, fields: [] };
  }
  const unreadable = getParserStatus(error);
  if (unreadable)
    return {
      sentence: 'This call could not be read. Reload the page and try again.',
      status: unreadable,
      code: 'VALIDATION',
      fields: [],
    };
  log.error(`Call ${requestId} failed by our fault`, error instanceof Error ? error.stack : String(error));
  const sentence = `Something went wrong on our side. Look at the page again before you retry; an admin can look up ${requestId}.`;
  return { sentence, status: 500, code: 'INTERNAL', fields: [] };
}

/** What to do next where fields are at fault. */
function getNextStepForFields([first]: FieldError[]): string {
  if (first?.path === 'file') return 'Nothing was written; mend the file and choose it again.';
  if (first?.path.startsWith('query.')) return 'Correct the address, or open the page anew.';
  return 'Nothing was changed; correct this and try again.';
}

/** What to do next, where the sentence itself does not say: it is the partner API's too. */
const nextSteps: Partial<Record<ErrorCode | ConflictReason, string>> = {
  NOT_FOUND: 'It may be gone: look for it in its list, or search for it.',
  BILLING_EXHAUSTED: 'Have the wallet topped up, or block the request as wallet short.',
  account_taken: 'Choose another account.',
  already_exists: 'Look for that one, or take another.',
  price_changed: 'Look at the page again and confirm the new price.',
  request_closed: 'Look at it again.',
  reference_reused: 'Give this one a reference of its own.',
};

function withNextStep(error: DomainError): string {
  const next = nextSteps[error instanceof Conflict ? error.details.reason : error.code];
  return next ? `${error.message} ${next}` : error.message;
}

/** What Express's own readers refuse carries its status. */
function getParserStatus(error: unknown): number | null {
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

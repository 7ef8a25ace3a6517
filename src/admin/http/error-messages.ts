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

export interface PanelError {
  sentence: string;
  status: number;
  code: string;
  /** The facts behind it, by its code. */
  details?: Record<string, unknown>;
  retryAfterSeconds?: number;
  /** Step-up authentication: the page asks for a code and repeats the call. */
  confirm?: 'second-factor';
  /** Of a form. */
  fields: FieldError[];
}

/** The message of a `DomainError`; anything else is logged, and the message names the call's id. */
export function toPanelError(thrown: unknown, callId: string): PanelError {
  const error = toUnavailable(thrown);
  if (error instanceof ValidationFailed) {
    const { fields } = error.details;
    const sentence = `Not done: ${fields.map(toFieldErrorText).join('; ')}. ${getNextStepForFields(fields)}`;
    return { sentence, status: error.status, code: error.code, details: error.details, fields };
  }
  if (error instanceof NotConfirmed) {
    const { message: sentence, status, code } = error;
    return { sentence, status, code, fields: [], confirm: 'second-factor' };
  }
  if (error instanceof DomainError) {
    const { status, code, details, retryAfterSeconds } = error;
    return { sentence: withNextStep(error), status, code, details, retryAfterSeconds, fields: [] };
  }
  const parserStatus = getParserStatus(error);
  if (parserStatus)
    return {
      sentence: 'This call could not be read. Reload the page and try again.',
      status: parserStatus,
      code: 'VALIDATION',
      fields: [],
    };
  log.error('A call failed with an internal error', toError(error), { requestId: callId });
  const sentence = `Something went wrong on our side. Reload the page before you retry; an admin can look up ${callId}.`;
  return { sentence, status: 500, code: 'INTERNAL', fields: [] };
}

function getNextStepForFields([first]: FieldError[]): string {
  if (first?.path === 'file') return 'Nothing was written; fix the file and choose it again.';
  if (first?.path.startsWith('query.')) return 'Correct the address, or reload the page.';
  return 'Nothing was changed; correct this and try again.';
}

/** What to do next, where the error's message does not say: the partner API sends the same message. */
const nextSteps: Partial<Record<ErrorCode | ConflictReason, string>> = {
  NOT_FOUND: 'It may have been deleted. Look for it in its list, or search for it.',
  BILLING_EXHAUSTED: 'Have the wallet topped up, or block the request as wallet short.',
  account_taken: 'Choose another account.',
  already_exists: 'Use the existing one, or choose a different value.',
  price_changed: 'Reload the page and confirm the new price.',
  request_closed: 'Reload the page to see its current state.',
  reference_reused: 'Use a different reference for this one.',
};

function withNextStep(error: DomainError): string {
  const next = nextSteps[error instanceof Conflict ? error.details.reason : error.code];
  return next ? `${error.message} ${next}` : error.message;
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Errors of Express's body parsers carry a status. */
function getParserStatus(error: unknown): number | null {
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

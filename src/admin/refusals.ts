import { Logger } from '@nestjs/common';
import { DomainError, ValidationFailed, type FieldFault } from '../common/errors.js';
import { orUnavailable } from '../database/faults.js';
import { NotConfirmed } from './step-up.js';

const log = new Logger('Panel');

/** Why something was not done, as the panel says it. */
export interface Refusal {
  sentence: string;
  status: number;
  code: string;
  retryAfterSeconds?: number;
  /** What would make it possible: the page asks for a code and repeats the call. */
  confirm?: 'second-factor';
  /** The fields at fault, for a form. */
  fields: FieldFault[];
}

/** A refusal of ours in its own words; anything else is logged, and the staff member gets the id to ask about it. */
export function refusalOf(thrown: unknown, requestId: string): Refusal {
  const error = orUnavailable(thrown);
  if (error instanceof ValidationFailed) {
    const { fields } = error.details;
    const faults = fields.map(({ path, message }) => `${path} ${message}`).join('; ');
    return { sentence: `Not done: ${faults}.`, status: error.status, code: error.code, fields };
  }
  if (error instanceof NotConfirmed) {
    const { message: sentence, status, code } = error;
    return { sentence, status, code, fields: [], confirm: 'second-factor' };
  }
  if (error instanceof DomainError) {
    const { message: sentence, status, code, retryAfterSeconds } = error;
    return { sentence, status, code, retryAfterSeconds, fields: [] };
  }
  const unreadable = statusOfUnreadable(error);
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

/** What Express's own readers refuse carries its status. */
function statusOfUnreadable(error: unknown): number | null {
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

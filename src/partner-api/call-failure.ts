import type { Response } from 'express';
import { describeCause, toUnavailable } from '../core/database-errors.js';
import { DomainError, Unavailable, type ErrorCode } from '../core/errors.js';

/** Why a call was refused or failed, for its line in the log. */
export interface CallFailure {
  code: ErrorCode;
  /** What was wrong behind a 503. */
  cause?: string;
}

export function setCallFailure(response: Response, thrown: unknown): void {
  const error = toUnavailable(thrown);
  const failure: CallFailure = { code: error instanceof DomainError ? error.code : 'INTERNAL' };
  if (error instanceof Unavailable && error.cause !== undefined) failure.cause = describeCause(error.cause);
  (response.locals ??= {}).failure = failure;
}

export function getCallFailure(response: Response): CallFailure | undefined {
  return response.locals?.failure as CallFailure | undefined;
}

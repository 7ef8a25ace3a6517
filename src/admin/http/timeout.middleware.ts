import type { NextFunction, Request, Response } from 'express';
import { Unavailable } from '../../core/errors.js';
import { timeouts } from '../../core/timeouts.js';

const FILE_UPLOAD_TIMEOUT_MS = 120_000;
/** The work goes on after the answer, so this must not say that it failed. */
const WRITE_TIMED_OUT =
  'The database took too long to answer. This may or may not have been done: check before you try again.';
const READ_TIMED_OUT = 'The database took too long to answer; try again in a moment.';

/** Answers 503 while the work goes on; its transaction commits or rolls back as a whole. */
export function timeoutMiddleware(request: Request, response: Response, next: NextFunction): void {
  const timer = setTimeout(() => {
    if (isAnswered(response)) return;
    detachSession(request);
    next(new Unavailable(request.method === 'GET' ? READ_TIMED_OUT : WRITE_TIMED_OUT));
  }, getTimeoutMs(request));
  response.once('close', () => clearTimeout(timer));
  next();
}

function getTimeoutMs({ method, path }: Request): number {
  return method === 'POST' && path.startsWith('/api/imports/') ? FILE_UPLOAD_TIMEOUT_MS : timeouts.panelCallMs;
}

/** Whether the timeout has answered: a handler that comes later must not. */
export function isAnswered(response: Response): boolean {
  return response.headersSent;
}

/** The session middleware delays a response until the session is stored; without a session it does not. */
function detachSession(request: Request): void {
  (request as { session?: unknown }).session = undefined;
}

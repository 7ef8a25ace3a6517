import type { NextFunction, Request, Response } from 'express';
import { Unavailable } from '../../core/errors.js';
import { timeouts } from '../../core/timeouts.js';

/** A file takes as long as its sender's line lets it. */
const FILE_UPLOAD_TIMEOUT_MS = 120_000;
/** The work goes on after the answer, so nobody may be told that it was not done. */
const WRITE_TIMED_OUT =
  'The database took too long to answer. This may have been done or not: look before you try again.';
const READ_TIMED_OUT = 'The database took too long to answer; try again in a moment.';

/** Nobody waits longer for a database that does not answer. What was begun is done wholly or not at all. */
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

/** Whether the call got its answer already, so that whoever comes late has nothing to say. */
export function isAnswered(response: Response): boolean {
  return response.headersSent;
}

/** The session's middleware holds an answer back until the session is kept; without one it lets the answer go. */
function detachSession(request: Request): void {
  (request as { session?: unknown }).session = undefined;
}

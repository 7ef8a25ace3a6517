import type { NextFunction, Request, Response } from 'express';
import { Unavailable } from '../common/errors.js';
import { patience } from '../common/patience.js';

/** A file takes as long as its sender's line lets it. */
const PATIENCE_FOR_FILES_MS = 120_000;
/** The work goes on after the answer, so nobody may be told that it was not done. */
const TOO_LATE = 'The database took too long to answer. This may have been done or not: look before you try again.';
const TOO_LATE_TO_READ = 'The database took too long to answer; try again in a moment.';

/** Nobody waits longer for a database that does not answer. What was begun is done wholly or not at all. */
export function inTime(request: Request, response: Response, next: NextFunction): void {
  const timer = setTimeout(() => {
    if (isAnswered(response)) return;
    forgetSession(request);
    next(new Unavailable(request.method === 'GET' ? TOO_LATE_TO_READ : TOO_LATE));
  }, patienceWith(request));
  response.once('close', () => clearTimeout(timer));
  next();
}

function patienceWith({ method, path }: Request): number {
  return method === 'POST' && path.startsWith('/api/imports/') ? PATIENCE_FOR_FILES_MS : patience.panelCall;
}

/** Whether the call got its answer already, so that whoever comes late has nothing to say. */
export function isAnswered(response: Response): boolean {
  return response.headersSent;
}

/** The session's middleware holds an answer back until the session is kept; without one it lets the answer go. */
function forgetSession(request: Request): void {
  (request as { session?: unknown }).session = undefined;
}

import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import { NotFound } from '../common/errors.js';
import type { HouseRequest } from '../traffic/house-request.js';
import { refusalOf } from './refusals.js';

/** What is left over: the panel has no such place. */
export function nowhere(_request: Request, _response: Response, next: NextFunction): void {
  next(new NotFound('This page of the panel'));
}

/**
 * The last word on any call of the panel that failed: a sentence and the call's id, never a stack. Calls of the panel's own
 * API get it as a notice too, for that is where its pages look.
 */
export const failures: ErrorRequestHandler = (thrown, request, response, next) => {
  const { requestId } = request as HouseRequest;
  const { sentence: message, status, code, retryAfterSeconds, confirm } = refusalOf(thrown, requestId);
  if (response.headersSent) return next(thrown);
  if (retryAfterSeconds) response.setHeader('Retry-After', String(retryAfterSeconds));
  response.status(status);
  if (request.path.startsWith('/api/') || request.method !== 'GET') {
    response.json({
      error: { code, message, requestId },
      notice: { type: 'error', message },
      ...(confirm && { confirm }),
    });
  } else {
    response.type('text/plain').send(`${message}\n\n${requestId}\n`);
  }
};

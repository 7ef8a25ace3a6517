import type { NextFunction, Request, Response } from 'express';
import { newId } from '../core/ids.js';
import type { PartnerRequest } from './partner-request.js';
import { discardUnread } from './request-body.js';

/** The first middleware of every call. */
export function requestIdMiddleware(request: Request, response: Response, next: NextFunction): void {
  const callId = newId('req');
  (request as PartnerRequest).callId = callId;
  response.setHeader('X-Request-Id', callId);
  discardUnread(request, response);
  next();
}

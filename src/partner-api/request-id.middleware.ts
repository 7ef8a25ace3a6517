import type { NextFunction, Request, Response } from 'express';
import { newId } from '../core/ids.js';
import type { PartnerRequest } from './partner-request.js';

/** The first thing that happens to any call: it gets its id, and the answer the id's header. */
export function requestIdMiddleware(request: Request, response: Response, next: NextFunction): void {
  const arrived = request as PartnerRequest;
  arrived.callId = newId('req');
  response.setHeader('X-Request-Id', arrived.callId);
  next();
}

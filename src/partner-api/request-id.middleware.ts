import type { NextFunction, Request, Response } from 'express';
import { newId } from '../core/ids.js';
import type { PartnerRequest } from './partner-request.js';
import { discardUnread } from './request-body.js';

/** Of a caller's own id, which is logged (contract: Transport); any other is ignored. */
const CLIENT_REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The first middleware of every call. */
export function requestIdMiddleware(request: Request, response: Response, next: NextFunction): void {
  const callId = newId('req');
  const theirs = request.get('x-request-id');
  (request as PartnerRequest).callId = callId;
  if (theirs && CLIENT_REQUEST_ID.test(theirs)) (request as PartnerRequest).clientRequestId = theirs;
  response.setHeader('X-Request-Id', callId);
  discardUnread(request, response);
  next();
}

import type { NextFunction, Request, Response } from 'express';
import { assertReadable } from './json-body.js';
import type { PartnerRequest } from './partner-request.js';

/** The first middleware of a call of the partner API. @throws ValidationFailed, PayloadTooLarge */
export function partnerCallMiddleware(request: Request, response: Response, next: NextFunction): void {
  (request as PartnerRequest).startedAt = performance.now();
  response.setHeader('Cache-Control', 'no-store');
  assertReadable(request);
  next();
}

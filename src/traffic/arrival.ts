import type { NextFunction, Request, Response } from 'express';
import { newId } from '../common/ids.js';
import type { HouseRequest } from './house-request.js';

/** The first thing that happens to any call: it gets its id, and the answer the id's header. */
export function arrive(request: Request, response: Response, next: NextFunction): void {
  const arrived = request as HouseRequest;
  arrived.requestId = newId('req');
  response.setHeader('X-Request-Id', arrived.requestId);
  next();
}

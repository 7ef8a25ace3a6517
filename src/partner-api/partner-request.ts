import type { Request } from 'express';
import type { PartnerCaller } from '../authorization/actor.js';
import type { CallId } from '../core/ids.js';
import type { EndpointClass } from './rate-limits.js';

/** What a route requires of the caller's key. */
export interface RouteRequirements {
  /** `null` where any key is enough. */
  scope: string | null;
  endpointClass: EndpointClass;
}

/** Express's request with what our middleware and guards add. */
export interface PartnerRequest extends Request {
  callId: CallId;
  /** When the whole request had been read, by `performance.now()`. */
  readAt: number;
  requirements?: RouteRequirements;
  user?: PartnerCaller;
}

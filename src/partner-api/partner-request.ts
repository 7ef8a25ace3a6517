import type { CallId } from '../core/ids.js';
import type { Request } from 'express';
import type { PartnerCaller } from '../authorization/actor.js';
import type { RouteRequirements } from './admission.service.js';

/** Express's request with what this house adds on its way in. */
export interface PartnerRequest extends Request {
  /** The `req_…` of this call: in the answer's header, in an error's body, in the log and on the trail. */
  callId: CallId;
  /** When the whole call had been read, by `performance.now()`. */
  readAt: number;
  /** What the route asks of the caller's key. */
  demand?: RouteRequirements;
  user?: PartnerCaller;
}

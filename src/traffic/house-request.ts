import type { Request } from 'express';
import type { PartnerCaller } from '../audit/actor.js';
import type { Demand } from './admission.js';

/** Express's request with what this house adds on its way in. */
export interface HouseRequest extends Request {
  /** The `req_…` of this call: in the answer's header, in an error's body, in the log and on the trail. */
  requestId: string;
  /** When the whole call had been read, by `performance.now()`. */
  readAt: number;
  /** What the route asks of the caller's key. */
  demand?: Demand;
  user?: PartnerCaller;
}

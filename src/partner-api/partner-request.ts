import type { Request } from 'express';
import type { PartnerCaller } from '../authorization/actor.js';
import type { CallId } from '../core/ids.js';
import type { EndpointClass } from './rate-limits.js';

/** What a route requires of the caller's key. */
export interface RouteRequirements {
  /** `null` where any key is enough. */
  scope: string | null;
  /** Whether the route is for the keys of sandboxes alone. */
  isSandboxOnly: boolean;
  endpointClass: EndpointClass;
}

/** What a call requires of its key. */
export interface CallRequirements extends RouteRequirements {
  /** The organization that the call says it acts for, in `X-Layers-Organization`; `null` where it says none. */
  actsFor: string | null;
  /** Of the key that needs no scope for this call; `null` where the route makes no such exception. */
  exemptKeyId: string | null;
  /** Where the call comes from; `null` where that is no address. */
  address: string | null;
}

/** Express's request with what our middleware and guards add. */
export interface PartnerRequest extends Request {
  callId: CallId;
  /** The caller's own `X-Request-Id`. */
  clientRequestId?: string;
  /** Of the key that the call came with, whether or not there is such a key. */
  keyPrefix?: string;
  /** Of a key that is authenticated, even where the call is refused. */
  organizationId?: string;
  /** The same. */
  apiKeyId?: string;
  /** Milliseconds by which the clock of the caller's sandbox is ahead. */
  clockAheadMs?: number;
  /** When this call came, by `performance.now()`; the time that its body took is left out. */
  startedAt: number;
  requirements?: CallRequirements;
  user?: PartnerCaller;
}

import type { CallId } from '../core/ids.js';
import type { Role } from './roles.js';

/** A partner's program, as admission found it. */
export interface PartnerCaller {
  kind: 'partner_api';
  organizationId: string;
  apiKeyId: string;
  /** The `req_…` of this call. */
  callId: CallId;
}

/** A signed-in staff member; the role is read from the database on every panel call. */
export interface StaffCaller {
  kind: 'staff';
  staffId: string;
  name: string;
  role: Role;
  callId: CallId;
}

/** The operator's command line, a worker or the demo; it may do what an admin may. */
export interface SystemCaller {
  kind: 'system';
  /** For example `cli partner:create`. */
  name: string;
  callId: CallId;
}

/** Whoever causes a change. */
export type Actor = PartnerCaller | StaffCaller | SystemCaller;
/** Those who may work on fulfilment and money by hand. */
export type Insider = StaffCaller | SystemCaller;

import type { ActionRequest, CurrentAdmin } from 'adminjs';
import type { StaffCaller } from '../../authorization/actor.js';
import type { Role } from '../../authorization/roles.js';
import { isAllowed, type Permission } from '../../authorization/permissions.js';

/** AdminJS's request with what our handlers need besides. */
export interface PanelRequest extends ActionRequest {
  caller: StaffCaller;
  /** The JSON as it was sent: AdminJS converts the values of its `payload`. Never null. */
  body: object;
  sessionId: string;
  /** Keeps this session valid after a change of the own password. */
  renewSession(): Promise<void>;
}

/** AdminJS's `currentAdmin`; every field reaches the browser. */
export interface PanelStaff extends CurrentAdmin {
  id: string;
  email: string;
  name: string;
  role: Role;
}

/** AdminJS passes handlers the object that our router created. */
export function toPanelRequest(request: ActionRequest): PanelRequest {
  return request as PanelRequest;
}

export function isAccessibleTo(permission: Permission): (context: { currentAdmin?: CurrentAdmin }) => boolean {
  return ({ currentAdmin }) => currentAdmin !== undefined && isAllowed((currentAdmin as PanelStaff).role, permission);
}

import type { ActionRequest, CurrentAdmin } from 'adminjs';
import type { StaffCaller } from '../../authorization/actor.js';
import type { Role } from '../../authorization/roles.js';
import { isAllowed, type Permission } from '../../authorization/permissions.js';

/** What every handler of the panel gets, beside what AdminJS gives it. */
export interface PanelRequest extends ActionRequest {
  caller: StaffCaller;
  /** The JSON that was sent, as it was sent: AdminJS's own `payload` bends values to its forms. Never null. */
  body: object;
  sessionId: string;
  /** For somebody who has changed the own password: this session is to know the new one. */
  renewSession(): Promise<void>;
}

/** Who is signed in, as AdminJS passes it around; all of it reaches the browser. */
export interface PanelStaff extends CurrentAdmin {
  id: string;
  email: string;
  name: string;
  role: Role;
}

/** AdminJS hands its handlers the object that our router made. */
export function toPanelRequest(request: ActionRequest): PanelRequest {
  return request as PanelRequest;
}

/** Whether the staff member whom AdminJS asks about has the permission. */
export function isAccessibleTo(permission: Permission): (context: { currentAdmin?: CurrentAdmin }) => boolean {
  return ({ currentAdmin }) => currentAdmin !== undefined && isAllowed((currentAdmin as PanelStaff).role, permission);
}

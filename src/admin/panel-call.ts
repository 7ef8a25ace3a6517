import type { ActionRequest, CurrentAdmin } from 'adminjs';
import type { StaffCaller } from '../audit/actor.js';
import type { Role } from '../common/roles.js';
import { may, type Permission } from '../staff/permissions.js';

/** What every handler of the panel gets, beside what AdminJS gives it. */
export interface PanelCall extends ActionRequest {
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
export function callOf(request: ActionRequest): PanelCall {
  return request as PanelCall;
}

/** Whether the staff member whom AdminJS asks about has the permission. */
export function allows(permission: Permission): (context: { currentAdmin?: CurrentAdmin }) => boolean {
  return ({ currentAdmin }) => currentAdmin !== undefined && may((currentAdmin as PanelStaff).role, permission);
}

import type { Insider } from './actor.js';
import { ForbiddenRole } from '../core/errors.js';
import type { Role } from './roles.js';

const operator: readonly Role[] = ['operator', 'admin'];
const finance: readonly Role[] = ['finance', 'admin'];
const eitherOf: readonly Role[] = ['operator', 'finance', 'admin'];
const admin: readonly Role[] = ['admin'];

/** Who may do what. Services refuse by it, the panel draws its buttons from it. Undoing has a time window on top (fulfilment). */
export const permissions = {
  assign: operator,
  claim: operator,
  replace: operator,
  note: operator,
  withdrawNote: operator,
  clearBlocker: operator,
  closePartial: operator,
  reject: operator,
  undoAssign: eitherOf,
  disconnect: finance,
  editAccounts: operator,
  topUp: finance,
  adjust: finance,
  setLowBalance: finance,
  freezeMoney: finance,
  moveClock: admin,
  reverseTopUp: finance,
  payout: finance,
  decideMovement: finance,
  closeMonth: finance,
  managePartners: admin,
  manageKeys: admin,
  manageStaff: admin,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** Whether `role` has `permission`. */
export function isAllowed(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}

/** @throws ForbiddenRole when the staff member's role lacks `permission`; the system has them all. */
export function assertAllowed(caller: Insider, permission: Permission): void {
  if (caller.kind === 'staff' && !isAllowed(caller.role, permission)) {
    throw new ForbiddenRole(toForbiddenMessage(caller.role));
  }
}

/** The sentence for somebody whose role is not enough. */
export function toForbiddenMessage(role: Role): string {
  return `Your role (${role}) does not allow this. Ask a colleague whose role does, or an admin.`;
}

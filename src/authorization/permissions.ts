import { ForbiddenRole } from '../core/errors.js';
import type { Insider } from './actor.js';
import type { Role } from './roles.js';

const operator: readonly Role[] = ['operator', 'admin'];
const finance: readonly Role[] = ['finance', 'admin'];
const operatorOrFinance: readonly Role[] = ['operator', 'finance', 'admin'];
const admin: readonly Role[] = ['admin'];

/** Which roles have which permission: checked by the services, and by the panel for its buttons. Undoing also has a time limit (fulfillment). */
export const permissions = {
  assign: operator,
  claim: operator,
  replace: operator,
  note: operator,
  withdrawNote: operator,
  clearBlocker: operator,
  closePartial: operator,
  reject: operator,
  undoAssign: operatorOrFinance,
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
  replayWebhooks: operator,
  manageStaff: admin,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

export function isAllowed(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}

/** The system has every permission. @throws ForbiddenRole */
export function assertAllowed(caller: Insider, permission: Permission): void {
  if (caller.kind === 'staff' && !isAllowed(caller.role, permission)) {
    throw new ForbiddenRole(toForbiddenMessage(caller.role));
  }
}

export function toForbiddenMessage(role: Role): string {
  return `Your role (${role}) does not allow this. Ask a colleague whose role does, or an admin.`;
}

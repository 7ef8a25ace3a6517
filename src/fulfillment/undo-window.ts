import type { Insider } from '../audit/actor.js';
import { actorId } from '../audit/audit.service.js';
import type { Role } from '../staff/permissions.js';

const MINUTE = 60_000;
const OWN_WINDOW = 15 * MINUTE;
const FINANCE_WINDOW = 24 * 60 * MINUTE;

const mayUndoAny: readonly Role[] = ['finance', 'admin'];

/** Until when this caller may undo that assignment; `null` when never. */
export function undoUntil(caller: Insider, lease: { assignedAt: Date; assignedBy: string }): Date | null {
  if (caller.kind === 'system' || mayUndoAny.includes(caller.role)) {
    return new Date(lease.assignedAt.getTime() + FINANCE_WINDOW);
  }
  const own = caller.role === 'operator' && lease.assignedBy === actorId(caller);
  return own ? new Date(lease.assignedAt.getTime() + OWN_WINDOW) : null;
}

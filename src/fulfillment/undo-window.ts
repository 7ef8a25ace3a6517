import type { Insider } from '../audit/actor.js';
import type { Role } from '../common/roles.js';

const MINUTE = 60_000;
const OWN_WINDOW = 15 * MINUTE;
const FINANCE_WINDOW = 24 * 60 * MINUTE;

/** Who takes back anybody's assignment. */
export const mayUndoAny: readonly Role[] = ['finance', 'admin'];

/** Whether this caller takes back anybody's assignment: money and accounts are rescued whoever holds the request (docs/decisions/006). */
export function undoesAny(caller: Insider): boolean {
  return caller.kind === 'system' || mayUndoAny.includes(caller.role);
}

/**
 * Until when this caller may undo that assignment; `null` when never. A replacement counts from when its place was first filled: its partner has
 * had the month since.
 */
export function undoUntil(caller: Insider, lease: { placeSince: Date; assignedBy: string }): Date | null {
  if (undoesAny(caller)) return new Date(lease.placeSince.getTime() + FINANCE_WINDOW);
  const own = caller.kind === 'staff' && caller.role === 'operator' && lease.assignedBy === caller.staffId;
  return own ? new Date(lease.placeSince.getTime() + OWN_WINDOW) : null;
}

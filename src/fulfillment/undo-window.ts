import type { Insider } from '../authorization/actor.js';
import type { Role } from '../authorization/roles.js';

const MINUTE_MS = 60_000;
const OWN_WINDOW_MS = 15 * MINUTE_MS;
const FINANCE_WINDOW_MS = 24 * 60 * MINUTE_MS;

/** Who takes back anybody's assignment. */
export const rolesThatUndoAny: readonly Role[] = ['finance', 'admin'];

/** Whether this caller takes back anybody's assignment: money and accounts are rescued whoever holds the request (docs/decisions/006). */
export function canUndoAny(caller: Insider): boolean {
  return caller.kind === 'system' || rolesThatUndoAny.includes(caller.role);
}

/**
 * Until when this caller may undo that assignment; `null` when never. A replacement counts from when its place was first filled: its partner has
 * had the month since.
 */
export function getUndoUntil(caller: Insider, lease: { placeSince: Date; assignedBy: string }): Date | null {
  if (canUndoAny(caller)) return new Date(lease.placeSince.getTime() + FINANCE_WINDOW_MS);
  const own = caller.kind === 'staff' && caller.role === 'operator' && lease.assignedBy === caller.staffId;
  return own ? new Date(lease.placeSince.getTime() + OWN_WINDOW_MS) : null;
}

import type { Insider } from '../authorization/actor.js';
import type { Role } from '../authorization/roles.js';

const MINUTE_MS = 60_000;
const OWN_WINDOW_MS = 15 * MINUTE_MS;
const FINANCE_WINDOW_MS = 24 * 60 * MINUTE_MS;

export const rolesThatUndoAny: readonly Role[] = ['finance', 'admin'];

/** Whether this caller may undo anybody's assignment, without a claim on the request (docs/decisions/006). */
export function canUndoAny(caller: Insider): boolean {
  return caller.kind === 'system' || rolesThatUndoAny.includes(caller.role);
}

/**
 * Until when this caller may undo that assignment; `null` for never. A replacement counts from when its place was first filled, since the
 * partner has had the month from then on.
 */
export function getUndoUntil(caller: Insider, lease: { placeSince: Date; assignedBy: string }): Date | null {
  if (canUndoAny(caller)) return new Date(lease.placeSince.getTime() + FINANCE_WINDOW_MS);
  const own = caller.kind === 'staff' && caller.role === 'operator' && lease.assignedBy === caller.staffId;
  return own ? new Date(lease.placeSince.getTime() + OWN_WINDOW_MS) : null;
}

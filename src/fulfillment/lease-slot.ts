import { isOpen, type LeaseRequestStatus } from '../lease-requests/lease-request-status.js';
import { isLive, type LeaseStatus } from '../leases/lease-lifecycle.js';
import { isReplacedSql } from '../leases/lease-sql.js';

/** What tells whether another account may take the place of a lease. */
export interface LeaseSlot {
  status: LeaseStatus;
  endedAt: Date | null;
  endReason: string | null;
  /** Whether another lease stands in its place, or stood there until its partner gave it back. */
  placeIsFilled: boolean;
  /** The end of the month that its newest charge paid for. */
  paidUntil: Date;
}

/**
 * In SQL: whether a lease other than this one counts in its place. One that was replaced has handed its place on: for good where it
 * had ended, and where it was undone for as long as its replacement stands.
 */
export function isSlotFilledSql(lease: string): string {
  return `EXISTS (SELECT FROM lease other
     WHERE other.lease_request_id = ${lease}.lease_request_id AND other.id <> ${lease}.id
       AND coalesce(other.place_id, other.id) = coalesce(${lease}.place_id, ${lease}.id)
       AND ((other.replaces_id = ${lease}.id AND (other.status <> 'undone' OR ${lease}.status <> 'undone'))
            OR (other.status <> 'undone' AND NOT ${isReplacedSql('other').text})))`;
}

/** Why no other account may take the place of this lease, in a sentence; `null` when one may. */
export function explainNoSlot(
  request: { status: LeaseRequestStatus; closedAt: Date | null },
  lease: LeaseSlot,
  now: Date,
): string | null {
  if (isLive(lease)) return null;
  const takenBack = lease.status === 'undone' || lease.endReason === 'removed_by_layers';
  if (!takenBack || lease.placeIsFilled) {
    return 'This lease was released or replaced already; there is no place to fill.';
  }
  if (lease.status === 'undone') {
    if (isOpen(request.status)) return 'The request is open: assign another account instead of replacing one.';
    if (lease.endedAt! < request.closedAt!) {
      return 'This assignment was undone before the request was closed; it left no place to fill.';
    }
  }
  return lease.paidUntil <= now ? 'The month that was paid for is over; there is nothing left to replace.' : null;
}

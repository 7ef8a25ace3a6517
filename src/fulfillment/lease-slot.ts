import { identifier, sql, type Sql } from '../core/sql.js';
import { isOpen, type LeaseRequestStatus } from '../lease-requests/lease-request-status.js';
import { isLive, type LeaseStatus } from '../leases/lease-lifecycle.js';
import { isReplacedSql } from '../leases/lease-sql.js';

/** Decides whether another account may take the place of a lease. */
export interface LeaseSlot {
  status: LeaseStatus;
  endedAt: Date | null;
  endReason: string | null;
  /** Whether another lease has its place, or had it until the partner released it. */
  placeIsFilled: boolean;
  /** The end of the month that its newest charge pays for. */
  paidUntil: Date;
}

/**
 * Whether another lease than this one counts in its place. A replaced lease has passed its place on: for good where it had ended; where it
 * was undone, for as long as its replacement is not undone.
 * @param lease its table or alias
 */
export function isSlotFilledSql(lease: string): Sql {
  const slot = identifier(lease);
  return sql`EXISTS (SELECT FROM lease other
     WHERE other.lease_request_id = ${slot}.lease_request_id AND other.id <> ${slot}.id
       AND coalesce(other.place_id, other.id) = coalesce(${slot}.place_id, ${slot}.id)
       AND ((other.replaces_id = ${slot}.id AND (other.status <> 'undone' OR ${slot}.status <> 'undone'))
            OR (other.status <> 'undone' AND NOT ${isReplacedSql('other')})))`;
}

/** Why no other account may take the place of this lease, as a sentence for staff; `null` when one may. */
export function explainNoSlot(
  request: { status: LeaseRequestStatus; closedAt: Date | null },
  lease: LeaseSlot,
  now: Date,
): string | null {
  if (isLive(lease)) return null;
  const isRemovedByStaff = lease.status === 'undone' || lease.endReason === 'removed_by_layers';
  if (!isRemovedByStaff || lease.placeIsFilled) {
    return 'This lease has already been released or replaced; there is nothing to replace.';
  }
  if (lease.status === 'undone') {
    if (isOpen(request.status)) return 'The request is open: assign another account instead of replacing one.';
    if (lease.endedAt! < request.closedAt!) {
      return 'This assignment was undone before the request was closed; there is nothing to replace.';
    }
  }
  return lease.paidUntil <= now ? 'The paid month is over; there is nothing to replace.' : null;
}

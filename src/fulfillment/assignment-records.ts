import { getActorId, type AuditEntry } from '../audit/audit.service.js';
import type { Insider } from '../authorization/actor.js';
import type { NewEvent } from '../events/types.js';
import { toRequestEvents, type ChangedRequest } from '../lease-requests/lease-request-events.js';
import type { LockedRequest } from '../lease-requests/request-lock.js';
import { toLeaseEvents } from '../leases/lease-events.js';
import type { Lease, LeaseTerms } from '../leases/lease-lifecycle.js';
import type { LeasedAccountRow } from '../leases/leased-account.js';
import type { AssignAccount } from './commands.js';

export function toTerms(
  caller: Insider,
  request: LockedRequest,
  { socialAccountId }: AssignAccount,
  priceCents: number,
  assignedAt: Date,
): LeaseTerms {
  return {
    leaseRequestId: request.id,
    organizationId: request.organizationId,
    projectId: request.projectId,
    socialAccountId,
    priceCents,
    assignedAt,
    assignedBy: getActorId(caller),
  };
}

export function toEvents(
  before: LockedRequest,
  { row, transactionId }: { row: LeasedAccountRow; transactionId: string },
  after: ChangedRequest,
): NewEvent[] {
  const change = { type: 'leased_account.assigned' as const, leaseId: row.leaseId, transactionId };
  return [...toLeaseEvents(before.organizationId, [change], [row]), ...toRequestEvents(before, [after])];
}

/** The account that was assigned, and with the last one the request. */
export function toAuditEntries(request: LockedRequest, lease: Lease, handle: string): AuditEntry[] {
  const { socialAccountId, priceCents } = lease;
  const [version, assignedCount] = [request.version + 1, request.assignedCount + 1];
  const requestId = request.partnerRequestId;
  const assigned: AuditEntry = {
    type: 'leased_account.assigned',
    ...toAuditObject(request, socialAccountId),
    data: { socialAccountId, requestId, priceCents },
    internal: {
      leaseId: lease.id,
      handle,
      version,
      before: { status: 'available' },
      after: { status: 'assigned' },
    },
  };
  if (assignedCount < request.count) return [assigned];
  const closed: AuditEntry = {
    type: 'lease_request.assigned',
    ...toAuditObject(request, request.id),
    data: { requestId, status: 'assigned', count: request.count, assignedCount },
    internal: {
      version,
      before: { status: request.status, assignedCount: request.assignedCount },
      after: { status: 'assigned', assignedCount },
    },
  };
  return [closed, assigned];
}

export function toAuditObject(request: LockedRequest, objectId: string) {
  return {
    organizationId: request.organizationId,
    projectId: request.projectId,
    leaseRequestId: request.id,
    objectId,
  };
}

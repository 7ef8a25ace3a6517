import type { AuditEntry } from '../audit/audit.service.js';
import { getDisconnectsAt } from '../leases/grace.js';
import type { Charge, DueLease } from './renewal-plan.js';

type Event = Omit<AuditEntry, 'type' | 'organizationId'>;

export function toRenewedEvent({ lease, period, balanceAfterCents }: Charge, transactionId: string): Event {
  return {
    ...toAuditObject(lease),
    data: {
      socialAccountId: lease.socialAccountId,
      priceCents: lease.priceCents,
      periodStart: period.start,
      periodEnd: period.end,
      transactionId,
    },
    internal: {
      leaseId: lease.id,
      before: { status: getStatus(lease), balanceCents: balanceAfterCents + lease.priceCents },
      after: { status: 'active', balanceCents: balanceAfterCents },
    },
  };
}

export function toFailedEvent(lease: DueLease): Event {
  const pastDue = lease.pastDue!;
  return {
    ...toAuditObject(lease),
    data: {
      socialAccountId: lease.socialAccountId,
      priceCents: lease.priceCents,
      dueAt: lease.dueAt,
      pastDueSince: pastDue.pastDueSince,
      disconnectsAt: getDisconnectsAt(pastDue),
    },
    internal: { leaseId: lease.id, daysTried: pastDue.graceDaysTried, after: { status: 'past_due' } },
  };
}

export function toDisconnectedEvent(lease: DueLease): Event {
  return {
    ...toAuditObject(lease),
    data: { socialAccountId: lease.socialAccountId, disconnectedReason: 'billing_exhausted' },
    internal: { leaseId: lease.id, dueAt: lease.dueAt, before: { status: 'past_due' }, after: { status: 'ended' } },
  };
}

function toAuditObject(lease: DueLease) {
  return { objectId: lease.socialAccountId, projectId: lease.projectId, leaseRequestId: lease.leaseRequestId };
}

function getStatus({ pastDue }: DueLease): string {
  return pastDue ? 'past_due' : 'active';
}

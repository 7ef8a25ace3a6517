import type { AuditEntry } from '../audit/audit.service.js';
import { disconnectsAt } from '../leases/grace.js';
import type { Charge, DueLease } from './renewal-plan.js';

type Event = Omit<AuditEntry, 'type' | 'organizationId'>;

/** A month that was paid. */
export function renewedEvent({ lease, period, balanceAfterCents }: Charge, transactionId: string): Event {
  return {
    ...of(lease),
    data: {
      socialAccountId: lease.socialAccountId,
      priceCents: lease.priceCents,
      periodStart: period.start,
      periodEnd: period.end,
      transactionId,
    },
    internal: {
      leaseId: lease.id,
      before: { status: statusOf(lease), balanceCents: balanceAfterCents + lease.priceCents },
      after: { status: 'active', balanceCents: balanceAfterCents },
    },
  };
}

/** An attempt that the wallet did not cover. */
export function failedEvent(lease: DueLease): Event {
  const pastDue = lease.pastDue!;
  return {
    ...of(lease),
    data: {
      socialAccountId: lease.socialAccountId,
      priceCents: lease.priceCents,
      dueAt: lease.dueAt,
      pastDueSince: pastDue.pastDueSince,
      disconnectsAt: disconnectsAt(pastDue),
    },
    internal: { leaseId: lease.id, daysTried: pastDue.graceDaysTried, after: { status: 'past_due' } },
  };
}

/** A lease whose grace is over. */
export function disconnectedEvent(lease: DueLease): Event {
  return {
    ...of(lease),
    data: { socialAccountId: lease.socialAccountId, disconnectedReason: 'billing_exhausted' },
    internal: { leaseId: lease.id, dueAt: lease.dueAt, before: { status: 'past_due' }, after: { status: 'ended' } },
  };
}

function of(lease: DueLease) {
  return { objectId: lease.socialAccountId, projectId: lease.projectId, leaseRequestId: lease.leaseRequestId };
}

function statusOf({ pastDue }: DueLease): string {
  return pastDue ? 'past_due' : 'active';
}

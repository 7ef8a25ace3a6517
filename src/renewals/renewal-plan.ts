import { addBillingMonths } from '../core/billing-calendar.js';
import type { LeaseRequestId } from '../core/ids.js';
import { isGraceOver, recordFailure, startPastDue, type PastDue } from '../leases/grace.js';

/** A live lease with its oldest unpaid period; cents. */
export interface DueLease {
  id: string;
  leaseRequestId: LeaseRequestId;
  projectId: string;
  socialAccountId: string;
  priceCents: number;
  anchorDay: number;
  /** Start of the unpaid period. */
  dueAt: Date;
  /** `null` while no attempt for that period has failed. */
  pastDue: PastDue | null;
  /** Another transaction has its row: it is left alone, and its price stays reserved. */
  lockedByOthers: boolean;
}

/** A wallet; cents. While something is owed, nothing can be charged. */
export interface Funds {
  balanceCents: number;
  owedCents: number;
}

export interface Charge {
  lease: DueLease;
  period: { start: Date; end: Date };
  /** Of the wallet, after this charge. */
  balanceAfterCents: number;
}

/** What happens to one partner's due leases. A lease with missed periods is charged several times. */
export interface RenewalPlan {
  /** In the order in which they are booked. */
  charges: Charge[];
  /** Each charged or failed lease as it is afterwards. */
  changed: DueLease[];
  /** Leases whose attempt failed: past due from now on, or still. */
  failed: DueLease[];
  /** Leases whose grace is over. */
  disconnected: DueLease[];
  /** Whether leases that were not read may be covered once `disconnected` have ended: read and plan again then. */
  readAgain: boolean;
}

/** Which of the partner's due leases were read. */
export interface Horizon {
  /** Periods that begin later are left to the next plan: a lease that was not read may be due before them. */
  until: Date;
  /** Whether every lease that is due until then was read. */
  isComplete: boolean;
}

/**
 * Plans one partner's due leases, the oldest due first: once the wallet does not cover one, nothing younger is charged, however little it
 * costs, unless that one ends now. After a lease that another transaction has locked, nothing fails or ends in this plan. Pure, because
 * dry runs use it too.
 */
export function planRenewals(
  leases: readonly DueLease[],
  funds: Funds,
  now: Date,
  { until, isComplete }: Horizon = { until: now, isComplete: true },
): RenewalPlan {
  const plan: RenewalPlan = { charges: [], changed: [], failed: [], disconnected: [], readAgain: false };
  const changed = new Map<string, DueLease>();
  let left = getSpendableCents(funds);
  let { balanceCents } = funds;
  let isShort = false;
  let waitsForOthers = false;
  const queue = new OldestFirstQueue(leases);
  for (let lease = queue.next(); lease && lease.dueAt <= until; lease = queue.next()) {
    const mayAttempt = !lease.lockedByOthers && !waitsForOthers && isAttemptDue(lease, now);
    if (!isShort && lease.priceCents <= left) {
      // A lease that was not read may be older than this one, and those that blocked it have just ended.
      plan.readAgain = !isComplete && plan.disconnected.length > 0;
      if (plan.readAgain) break;
      left -= lease.priceCents;
      const end = addBillingMonths(lease.dueAt, lease.anchorDay, 1);
      const renewed = { ...lease, dueAt: end, pastDue: null };
      queue.add(renewed);
      if (!lease.lockedByOthers) {
        balanceCents -= lease.priceCents;
        plan.charges.push({ lease, period: { start: lease.dueAt, end }, balanceAfterCents: balanceCents });
        changed.set(lease.id, renewed);
      }
    } else if (mayAttempt && lease.pastDue && isGraceOver(lease.pastDue, now)) {
      plan.disconnected.push(lease);
    } else {
      isShort = true;
      if (mayAttempt) {
        const pastDue = lease.pastDue ? recordFailure(lease.pastDue, now) : startPastDue(now);
        const failed = { ...lease, pastDue };
        changed.set(lease.id, failed);
        plan.failed.push(failed);
      }
    }
    waitsForOthers ||= lease.lockedByOthers;
  }
  plan.changed = [...changed.values()];
  return plan;
}

function isAttemptDue({ pastDue }: DueLease, now: Date): boolean {
  return !pastDue || pastDue.retryAt <= now;
}

export function getSpendableCents({ balanceCents, owedCents }: Funds): number {
  return owedCents > 0 ? 0 : balanceCents;
}

class OldestFirstQueue {
  /** The oldest last. */
  private readonly sorted: DueLease[];

  constructor(leases: readonly DueLease[]) {
    this.sorted = [...leases].sort((a, b) => -compareByDueAt(a, b));
  }

  next(): DueLease | undefined {
    return this.sorted.pop();
  }

  add(lease: DueLease): void {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareByDueAt(this.sorted[middle]!, lease) > 0) low = middle + 1;
      else high = middle;
    }
    this.sorted.splice(low, 0, lease);
  }
}

function compareByDueAt(a: DueLease, b: DueLease): number {
  return a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1);
}

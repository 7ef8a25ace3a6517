import type { LeaseRequestId } from '../core/ids.js';
import { addBillingMonths } from '../core/billing-calendar.js';
import { recordFailure, startPastDue, isGraceOver, type PastDue } from '../leases/grace.js';

/** A live lease with its oldest unpaid period; cents. */
export interface DueLease {
  id: string;
  leaseRequestId: LeaseRequestId;
  projectId: string;
  socialAccountId: string;
  priceCents: number;
  anchorDay: number;
  /** Where the unpaid period begins. */
  dueAt: Date;
  /** `null` while no attempt for that period has failed. */
  pastDue: PastDue | null;
  /** Whether somebody else has it in hand: it is left alone, and so is the money that it would take. */
  held: boolean;
}

/** What a partner can pay with; cents. While something is owed, it can pay nothing. */
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

/** What one partner's due leases come to. A lease is charged for several periods, where they were missed. */
export interface RenewalPlan {
  /** In the order in which they are booked. */
  charges: Charge[];
  /** As each charged or failed lease stands afterwards. */
  moved: DueLease[];
  /** Attempts that failed; the lease is past due from now on, or still. */
  failed: DueLease[];
  /** Leases whose grace is over. */
  disconnected: DueLease[];
  /** Whether there may be money for others, which have to be read once these have ended. */
  readAgain: boolean;
}

/** What a plan is made from beside the leases and the money. */
export interface Horizon {
  /** Periods that begin later wait; no lease left out that could be charged is due before it. */
  until: Date;
  /** Whether no lease at all was left out that is due until then. */
  isWhole: boolean;
}

/**
 * Decides over one partner's due leases, the oldest due first: once the wallet does not cover one, nothing younger is charged, however
 * little it costs, unless that one ends now. What depends on a lease that somebody else has in hand waits for them. Pure, so that
 * forecasts decide alike.
 */
export function planRenewals(
  leases: readonly DueLease[],
  funds: Funds,
  now: Date,
  { until, isWhole }: Horizon = { until: now, isWhole: true },
): RenewalPlan {
  const plan: RenewalPlan = { charges: [], moved: [], failed: [], disconnected: [], readAgain: false };
  const moved = new Map<string, DueLease>();
  let left = spendable(funds);
  let { balanceCents } = funds;
  let isShort = false;
  let waitsForOthers = false;
  const waiting = new OldestFirst(leases);
  for (let lease = waiting.next(); lease && lease.dueAt <= until; lease = waiting.next()) {
    const mayTry = !lease.held && !waitsForOthers && isToBeTried(lease, now);
    if (!isShort && lease.priceCents <= left) {
      // One that was left out may be older than this one, and is not kept from the money any more by one that ends.
      plan.readAgain = !isWhole && plan.disconnected.length > 0;
      if (plan.readAgain) break;
      left -= lease.priceCents;
      const end = addBillingMonths(lease.dueAt, lease.anchorDay, 1);
      const renewed = { ...lease, dueAt: end, pastDue: null };
      waiting.add(renewed);
      if (!lease.held) {
        balanceCents -= lease.priceCents;
        plan.charges.push({ lease, period: { start: lease.dueAt, end }, balanceAfterCents: balanceCents });
        moved.set(lease.id, renewed);
      }
    } else if (mayTry && lease.pastDue && isGraceOver(lease.pastDue, now)) {
      plan.disconnected.push(lease);
    } else {
      isShort = true;
      if (mayTry) {
        const pastDue = lease.pastDue ? recordFailure(lease.pastDue, now) : startPastDue(now);
        const failed = { ...lease, pastDue };
        moved.set(lease.id, failed);
        plan.failed.push(failed);
      }
    }
    waitsForOthers ||= lease.held;
  }
  plan.moved = [...moved.values()];
  return plan;
}

function isToBeTried({ pastDue }: DueLease, now: Date): boolean {
  return !pastDue || pastDue.retryAt <= now;
}

/** What a wallet can pay with; cents. */
export function spendable({ balanceCents, owedCents }: Funds): number {
  return owedCents > 0 ? 0 : balanceCents;
}

/** Leases by the beginning of their unpaid period. */
class OldestFirst {
  /** Sorted, the oldest last. */
  private readonly sorted: DueLease[];

  constructor(leases: readonly DueLease[]) {
    this.sorted = [...leases].sort((a, b) => -inOrder(a, b));
  }

  next(): DueLease | undefined {
    return this.sorted.pop();
  }

  add(lease: DueLease): void {
    let from = 0;
    let to = this.sorted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (inOrder(this.sorted[middle]!, lease) > 0) from = middle + 1;
      else to = middle;
    }
    this.sorted.splice(from, 0, lease);
  }
}

function inOrder(a: DueLease, b: DueLease): number {
  return a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1);
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { getSqlState } from '../core/database-errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { isGraceOver } from '../leases/grace.js';
import { LeaseEvents, type LeaseChange } from '../leases/lease-events.js';
import { LeaseLifecycle } from '../leases/lease-lifecycle.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { RenewalCharges } from '../wallets/renewal-charges.js';
import { readDueLeases, readFunds, lockLeases } from './due-leases.js';
import { planRenewals, getSpendableCents, type Charge, type DueLease, type RenewalPlan } from './renewal-plan.js';
import { toDisconnectedEvent, toFailedEvent, toRenewedEvent } from './renewal-events.js';

export interface BatchOutcome {
  charged: number;
  pastDue: number;
  disconnected: number;
  /** Whether another transaction may have more to do for this partner at once. */
  hasMore: boolean;
}

/** Leases in one transaction: many, for throughput, but few enough that its locks are short. */
export const BATCH_SIZE = 500;
/** Short, because other partners wait behind this one. */
const LOCK_TIMEOUT_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';

const nothingDone: BatchOutcome = { charged: 0, pastDue: 0, disconnected: 0, hasMore: false };

/** One transaction of renewals: the oldest due leases of one partner. */
@Injectable()
export class RenewalBatch {
  constructor(
    private readonly transactions: Transactions,
    private readonly freeze: MoneyFreeze,
    private readonly lifecycle: LeaseLifecycle,
    private readonly charges: RenewalCharges,
    private readonly leaseEvents: LeaseEvents,
    private readonly audit: AuditService,
    private readonly domainEvents: DomainEvents,
  ) {}

  /**
   * Charges what the wallet covers, records failed attempts and disconnects leases whose grace is over. Does nothing where another worker
   * has this partner, or a lock is not free within half a second: the next run tries again.
   * @throws Conflict while money is frozen
   */
  async renew(caller: SystemCaller, organizationId: string, now: Date): Promise<BatchOutcome> {
    try {
      return await this.transactions.run((em) =>
        this.renewOldest(em, caller, organizationId, now).catch((error) => {
          throw getSqlState(error) === LOCK_NOT_AVAILABLE ? new LockedByOthers() : error;
        }),
      );
    } catch (error) {
      if (error instanceof LockedByOthers) return nothingDone;
      throw error;
    }
  }

  private async renewOldest(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    now: Date,
  ): Promise<BatchOutcome> {
    if (!(await tryLockPartner(em, organizationId))) return nothingDone;
    await this.freeze.assertNotFrozen(em);
    const before = await readFunds(em, organizationId);
    const due = await readDueLeases(em, organizationId, now, before, BATCH_SIZE);
    const [oldest, last] = [due[0], due.at(-1)];
    // The wallet is compared with its leases after the last transaction of a run, since that reads all of them.
    const compareWallet = () => this.domainEvents.publish(em, 'walletChanged', { organizationId });
    if (!oldest || !last) {
      await this.charges.lockWallet(em, organizationId);
      compareWallet();
      return nothingDone;
    }
    const leases = await lockAccounts(em, await lockLeases(em, due, now), now);
    const funds = await this.charges.lockWallet(em, organizationId);
    // Where the oldest was not covered, the leases that only wait were not read.
    const isComplete = oldest.priceCents <= getSpendableCents(before);
    if (!isComplete && oldest.priceCents <= getSpendableCents(funds)) return { ...nothingDone, hasMore: true };
    const isFull = due.length === BATCH_SIZE;
    const plan = planRenewals(leases, funds, now, { until: isFull ? last.dueAt : now, isComplete });
    await this.apply(em, caller, organizationId, plan, now);
    const [charged, pastDue, disconnected] = [plan.charges.length, plan.failed.length, plan.disconnected.length];
    const hasMore = plan.readAgain || (isFull && charged + pastDue + disconnected > 0);
    if (!hasMore) compareWallet();
    return { charged, pastDue, disconnected, hasMore };
  }

  private async apply(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    plan: RenewalPlan,
    now: Date,
  ): Promise<void> {
    await updateLeases(em, plan.changed);
    await this.disconnect(em, organizationId, plan.disconnected, now);
    const ended = plan.disconnected.map(toDisconnectedEvent);
    await this.audit.recordMany(em, caller, 'leased_account.disconnected', ended, organizationId);
    const failed = plan.failed.map(toFailedEvent);
    await this.audit.recordMany(em, caller, 'leased_account.renewal_failed', failed, organizationId);
    const transactionIds = await this.bookCharges(em, caller, organizationId, plan.charges, now);
    await this.leaseEvents.record(em, organizationId, toLeaseChanges(plan, transactionIds));
  }

  private async disconnect(
    em: EntityManager,
    organizationId: string,
    leases: readonly DueLease[],
    now: Date,
  ): Promise<void> {
    if (leases.length === 0) return;
    const leaseIds = leases.map(({ id }) => id);
    await this.lifecycle.endAll(em, organizationId, leaseIds, 'billing_exhausted', now);
    const accountIds = leases.map(({ socialAccountId }) => socialAccountId);
    await this.lifecycle.returnAccounts(em, accountIds, 'used', now);
  }

  private async bookCharges(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    charges: readonly Charge[],
    now: Date,
  ): Promise<string[]> {
    if (charges.length === 0) return [];
    const bills = charges.map(({ lease, period }) => ({ leaseId: lease.id, priceCents: lease.priceCents, period }));
    const ids = await this.charges.book(em, organizationId, bills, getActorId(caller), now);
    const renewed = charges.map((charge, index) => toRenewedEvent(charge, ids[index]!));
    await this.audit.recordMany(em, caller, 'leased_account.renewed', renewed, organizationId);
    return ids;
  }
}

/** A lease that was paid for some months and then not has its events in that order. @param transactionIds of the plan's charges */
function toLeaseChanges(plan: RenewalPlan, transactionIds: readonly string[]): LeaseChange[] {
  const withoutMoney = (type: LeaseChange['type']) => (lease: DueLease) => ({
    type,
    leaseId: lease.id,
    transactionId: null,
  });
  return [
    ...plan.charges.map(({ lease }, index) => ({
      type: 'leased_account.renewed' as const,
      leaseId: lease.id,
      transactionId: transactionIds[index]!,
    })),
    ...plan.failed.map(withoutMoney('leased_account.renewal_failed')),
    ...plan.disconnected.map(withoutMoney('leased_account.disconnected')),
  ];
}

/** A row that this transaction needs is locked by another one; nothing was changed. */
class LockedByOthers extends Error {}

/** Only one worker renews a partner at a time, until its transaction ends. Also sets the short lock timeout for the rest of it. */
async function tryLockPartner(em: EntityManager, organizationId: string): Promise<boolean> {
  const lock = await queryRow<{ taken: boolean }>(
    em,
    sql`SELECT pg_try_advisory_xact_lock(hashtextextended('renewals of ' || ${organizationId}::text, 0)) AS taken,
            set_config('lock_timeout', '${literal(LOCK_TIMEOUT_MS)}ms', true)`,
  );
  return lock!.taken;
}

/** Accounts come before the wallet in the lock order, so those whose lease may end are locked before it is known which do. */
async function lockAccounts(em: EntityManager, leases: readonly DueLease[], now: Date): Promise<DueLease[]> {
  const mayEnd = ({ pastDue, lockedByOthers }: DueLease) =>
    !lockedByOthers && pastDue !== null && isGraceOver(pastDue, now);
  const ids = leases.filter(mayEnd).map(({ socialAccountId }) => socialAccountId);
  if (ids.length === 0) return [...leases];
  const locked = await queryRows<{ id: string }>(
    em,
    sql`SELECT id FROM social_account WHERE id = ANY (${ids}::text[]) ORDER BY id FOR UPDATE SKIP LOCKED`,
  );
  const lockedIds = new Set(locked.map(({ id }) => id));
  return leases.map((lease) =>
    mayEnd(lease) && !lockedIds.has(lease.socialAccountId) ? { ...lease, lockedByOthers: true } : lease,
  );
}

async function updateLeases(em: EntityManager, leases: readonly DueLease[]): Promise<void> {
  if (leases.length === 0) return;
  await queryRows(
    em,
    sql`UPDATE lease
        SET next_renewal_at = changed.due_at,
            status = CASE WHEN changed.past_due_since IS NULL THEN 'active' ELSE 'past_due' END,
            past_due_since = changed.past_due_since, retry_at = changed.retry_at, grace_days_tried = changed.grace_days_tried
       FROM unnest(${leases.map(({ id }) => id)}::text[],
                   ${leases.map(({ dueAt }) => dueAt.toISOString())}::timestamptz[],
                   ${leases.map(({ pastDue }) => pastDue?.pastDueSince.toISOString() ?? null)}::timestamptz[],
                   ${leases.map(({ pastDue }) => pastDue?.retryAt.toISOString() ?? null)}::timestamptz[],
                   ${leases.map(({ pastDue }) => pastDue?.graceDaysTried ?? 0)}::smallint[])
            AS changed (id, due_at, past_due_since, retry_at, grace_days_tried)
      WHERE lease.id = changed.id`,
  );
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { getSqlState } from '../core/database-errors.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { isGraceOver } from '../leases/grace.js';
import { LeaseLifecycle } from '../leases/lease-lifecycle.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { RenewalCharges } from '../wallets/renewal-charges.js';
import { readDueLeases, readFunds, lockLeases } from './due-leases.js';
import { planRenewals, spendable, type Charge, type DueLease, type RenewalPlan } from './renewal-plan.js';
import { toDisconnectedEvent, toFailedEvent, toRenewedEvent } from './renewal-trail.js';

/** What one transaction did. */
export interface BatchOutcome {
  charged: number;
  pastDue: number;
  disconnected: number;
  /** Whether there may be more of this partner's to do right away. */
  more: boolean;
}

/** How many leases one transaction takes: large enough to be quick, small enough to be over in a moment. */
export const BATCH_SIZE = 500;
/** The longest that a lane waits for a row of one partner's: the others come after it. */
const MAX_LOCK_WAIT_MS = 500;
const LOCK_TIMED_OUT = '55P03';

const nothing: BatchOutcome = { charged: 0, pastDue: 0, disconnected: 0, more: false };

/** One transaction of renewals: the oldest due leases of one partner. */
@Injectable()
export class RenewalBatch {
  constructor(
    private readonly transactions: Transactions,
    private readonly freeze: MoneyFreeze,
    private readonly lifecycle: LeaseLifecycle,
    private readonly charges: RenewalCharges,
    private readonly audit: AuditService,
  ) {}

  /**
   * Charges what is due, or moves it on towards its disconnection. Nothing here waits long for what others hold locked: that is left for the
   * next time, and so is a partner whom another worker has in hand.
   * @throws Conflict while money is frozen
   */
  async renew(caller: SystemCaller, organizationId: string, now: Date): Promise<BatchOutcome> {
    try {
      return await this.transactions.run((em) =>
        this.renewOldest(em, caller, organizationId, now).catch((error) => {
          throw getSqlState(error) === LOCK_TIMED_OUT ? new HeldByOthers() : error;
        }),
      );
    } catch (error) {
      if (error instanceof HeldByOthers) return nothing;
      throw error;
    }
  }

  private async renewOldest(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    now: Date,
  ): Promise<BatchOutcome> {
    if (!(await limitLockWait(em, organizationId))) return nothing;
    await this.freeze.assertNotFrozen(em);
    const before = await readFunds(em, organizationId);
    const due = await readDueLeases(em, organizationId, now, before, BATCH_SIZE);
    const [oldest, last] = [due[0], due.at(-1)];
    if (!oldest || !last) return nothing;
    const leases = await lockAccounts(em, await lockLeases(em, due, now), now);
    const funds = await this.charges.lockWallet(em, organizationId);
    // The older ones that nothing was to be charged before were not looked at.
    const isWhole = oldest.priceCents <= spendable(before);
    if (!isWhole && oldest.priceCents <= spendable(funds)) return { ...nothing, more: true };
    const isFull = due.length === BATCH_SIZE;
    const plan = planRenewals(leases, funds, now, { until: isFull ? last.dueAt : now, isWhole });
    await this.apply(em, caller, organizationId, plan, now);
    const [charged, pastDue, disconnected] = [plan.charges.length, plan.failed.length, plan.disconnected.length];
    return { charged, pastDue, disconnected, more: plan.readAgain || (isFull && charged + pastDue + disconnected > 0) };
  }

  private async apply(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    plan: RenewalPlan,
    now: Date,
  ): Promise<void> {
    await moveLeases(em, plan.moved);
    await this.disconnect(em, plan.disconnected, now);
    const ended = plan.disconnected.map(toDisconnectedEvent);
    await this.audit.recordMany(em, caller, 'leased_account.disconnected', ended, organizationId);
    const failed = plan.failed.map(toFailedEvent);
    await this.audit.recordMany(em, caller, 'leased_account.renewal_failed', failed, organizationId);
    await this.book(em, caller, organizationId, plan.charges, now);
  }

  private async disconnect(em: EntityManager, leases: readonly DueLease[], now: Date): Promise<void> {
    if (leases.length === 0) return;
    const leaseIds = leases.map(({ id }) => id);
    await this.lifecycle.endAll(em, leaseIds, 'billing_exhausted', now);
    const accountIds = leases.map(({ socialAccountId }) => socialAccountId);
    await this.lifecycle.returnAccounts(em, accountIds, 'used', now);
  }

  private async book(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    charges: readonly Charge[],
    now: Date,
  ): Promise<void> {
    if (charges.length === 0) return;
    const bills = charges.map(({ lease, period }) => ({ leaseId: lease.id, priceCents: lease.priceCents, period }));
    const ids = await this.charges.book(em, organizationId, bills, getActorId(caller), now);
    const renewed = charges.map((charge, place) => toRenewedEvent(charge, ids[place]!));
    await this.audit.recordMany(em, caller, 'leased_account.renewed', renewed, organizationId);
  }
}

/** Some row that this transaction needs is locked by somebody; nothing was changed. */
class HeldByOthers extends Error {}

/** One worker at a time has a partner in hand, until its transaction ends. From here on it gives up where it would have to wait. */
async function limitLockWait(em: EntityManager, organizationId: string): Promise<boolean> {
  const turn = await queryRow<{ taken: boolean }>(
    em,
    `SELECT pg_try_advisory_xact_lock(hashtextextended('renewals of ' || $1, 0)) AS taken,
            set_config('lock_timeout', '${MAX_LOCK_WAIT_MS}ms', true)`,
    [organizationId],
  );
  return turn!.taken;
}

/** Accounts are locked before the wallet, so those that may go back to the pool are taken already. */
async function lockAccounts(em: EntityManager, leases: readonly DueLease[], now: Date): Promise<DueLease[]> {
  const mayEnd = ({ pastDue, held }: DueLease) => !held && pastDue !== null && isGraceOver(pastDue, now);
  const ids = leases.filter(mayEnd).map(({ socialAccountId }) => socialAccountId);
  if (ids.length === 0) return [...leases];
  const locked = await queryRows<{ id: string }>(
    em,
    'SELECT id FROM social_account WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED',
    [ids],
  );
  const ours = new Set(locked.map(({ id }) => id));
  return leases.map((lease) => (mayEnd(lease) && !ours.has(lease.socialAccountId) ? { ...lease, held: true } : lease));
}

async function moveLeases(em: EntityManager, leases: readonly DueLease[]): Promise<void> {
  if (leases.length === 0) return;
  await queryRows(
    em,
    `UPDATE lease
        SET next_renewal_at = moved.due_at,
            status = CASE WHEN moved.past_due_since IS NULL THEN 'active' ELSE 'past_due' END,
            past_due_since = moved.past_due_since, retry_at = moved.retry_at, grace_days_tried = moved.grace_days_tried
       FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::smallint[])
            AS moved (id, due_at, past_due_since, retry_at, grace_days_tried)
      WHERE lease.id = moved.id`,
    [
      leases.map(({ id }) => id),
      leases.map(({ dueAt }) => dueAt.toISOString()),
      leases.map(({ pastDue }) => pastDue?.pastDueSince.toISOString() ?? null),
      leases.map(({ pastDue }) => pastDue?.retryAt.toISOString() ?? null),
      leases.map(({ pastDue }) => pastDue?.graceDaysTried ?? 0),
    ],
  );
}

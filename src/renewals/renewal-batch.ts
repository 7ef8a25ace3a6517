import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SystemCaller } from '../audit/actor.js';
import { actorId, AuditService } from '../audit/audit.service.js';
import { oneRow, rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { isGraceOver } from '../leases/grace.js';
import { LeaseLifecycle } from '../leases/lease-lifecycle.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { RenewalCharges } from '../wallets/renewal-charges.js';
import { dueLeases, fundsOf } from './due-leases.js';
import { planRenewals, spendable, type Charge, type DueLease, type RenewalPlan } from './renewal-plan.js';
import { disconnectedEvent, failedEvent, renewedEvent } from './renewal-trail.js';

/** What one transaction did. */
export interface BatchOutcome {
  charged: number;
  pastDue: number;
  disconnected: number;
  /** Whether there may be more of this partner's to do right away. */
  more: boolean;
}

/** How many leases one transaction takes: large enough to be quick, small enough to be over in a moment. */
export const BATCH = 500;

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
   * Charges what is due, or moves it on towards its disconnection. What others hold locked is left for the next time, and so is a
   * partner whom another worker has in hand: of one partner's leases the oldest due comes first.
   * @throws Conflict while money is frozen
   */
  renew(caller: SystemCaller, organizationId: string, now: Date): Promise<BatchOutcome> {
    return this.transactions.run(async (em) => {
      if (!(await takesTurn(em, organizationId))) return nothing;
      await this.freeze.mustFlow(em);
      const before = await fundsOf(em, organizationId);
      const leases = await dueLeases(
        em,
        organizationId,
        now,
        spendable(before),
        BATCH,
        'FOR UPDATE OF lease SKIP LOCKED',
      );
      const last = leases.at(-1);
      if (!last) return nothing;
      await lockAccounts(em, leases, now);
      const funds = await this.charges.lockWallet(em, organizationId);
      const isFull = leases.length === BATCH;
      const plan = planRenewals(leases, funds, now, isFull ? last.dueAt : now);
      await this.carryOut(em, caller, organizationId, plan, now);
      const [charged, pastDue, disconnected] = [plan.charges, plan.failed, plan.disconnected].map(
        (done) => done.length,
      );
      return { charged: charged!, pastDue: pastDue!, disconnected: disconnected!, more: isFull };
    });
  }

  private async carryOut(
    em: EntityManager,
    caller: SystemCaller,
    organizationId: string,
    plan: RenewalPlan,
    now: Date,
  ): Promise<void> {
    await moveLeases(em, plan.moved);
    for (const lease of plan.disconnected) {
      await this.lifecycle.end(em, lease, 'billing_exhausted', now);
      await this.lifecycle.giveBackAccount(em, lease.socialAccountId, 'used', now);
    }
    const ended = plan.disconnected.map(disconnectedEvent);
    await this.audit.recordMany(em, caller, 'leased_account.disconnected', ended, organizationId);
    const failed = plan.failed.map(failedEvent);
    await this.audit.recordMany(em, caller, 'leased_account.renewal_failed', failed, organizationId);
    await this.book(em, caller, organizationId, plan.charges, now);
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
    const ids = await this.charges.book(em, organizationId, bills, actorId(caller), now);
    const renewed = charges.map((charge, place) => renewedEvent(charge, ids[place]!));
    await this.audit.recordMany(em, caller, 'leased_account.renewed', renewed, organizationId);
  }
}

/** One worker at a time has a partner in hand, until its transaction ends. */
async function takesTurn(em: EntityManager, organizationId: string): Promise<boolean> {
  const turn = await oneRow<{ taken: boolean }>(
    em,
    "SELECT pg_try_advisory_xact_lock(hashtextextended('renewals of ' || $1, 0)) AS taken",
    [organizationId],
  );
  return turn!.taken;
}

/** Accounts are locked before the wallet, so those that may go back to the pool are taken already. */
async function lockAccounts(em: EntityManager, leases: readonly DueLease[], now: Date): Promise<void> {
  const ending = leases.filter(({ pastDue }) => pastDue && isGraceOver(pastDue, now));
  if (ending.length === 0) return;
  const ids = ending.map(({ socialAccountId }) => socialAccountId);
  await rows(em, 'SELECT id FROM social_account WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
}

async function moveLeases(em: EntityManager, leases: readonly DueLease[]): Promise<void> {
  if (leases.length === 0) return;
  await rows(
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

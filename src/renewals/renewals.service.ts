import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict, Unavailable } from '../core/errors.js';
import { validated, IsUtcMoment, IsTrueOrFalse, Optional } from '../core/validation.js';
import { sentence } from '../core/sentence.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { DemoClock } from '../demo-clock/demo-clock.service.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { readDueLeases, readDueSandboxes, readFunds, readDuePartners, type DuePartner } from './due-leases.js';
import { RenewalBatch } from './renewal-batch.js';
import { planRenewals, type Funds } from './renewal-plan.js';

export class RunRenewals {
  /** The time to renew at instead of the clock's, ISO 8601 with `Z`. */
  @Optional()
  @IsUtcMoment()
  now?: string;

  /** Counts what a run would do, without doing it. */
  @Optional()
  @IsTrueOrFalse()
  dryRun = false;
}

export interface RenewalRun {
  /** Months, not leases. */
  charged: number;
  /** Attempts that left a lease past due. */
  pastDue: number;
  disconnected: number;
}

export interface RunOptions {
  /** Called about once a second. */
  onProgress?: (line: string) => void;
  /** Called with an error in one partner's renewals; without it, the run throws that error at its end. */
  onFailure?: (organizationId: string, error: unknown) => void;
  /** Called between transactions. */
  isStopped?: () => boolean;
  isSkipped?: (organizationId: string) => boolean;
  /** How long to wait, without any progress, for leases that others have locked. */
  lockWaitMs?: number;
}

const PROGRESS_EVERY_MS = 1_000;
/** Longer than any transaction lives. */
const DEFAULT_LOCK_WAIT_MS = 35_000;
const RETRY_AFTER_MS = 100;
/** A wallet that covers the oldest lease, so that all due leases are read. */
const unlimitedFunds: Funds = { balanceCents: Number.MAX_SAFE_INTEGER, owedCents: 0 };
/** Transactions at the same time, each of another partner: while one waits for its commit, the other plans. */
const CONCURRENCY = 2;

/** Renews leases month by month: charges what the wallets cover; the rest becomes past due and is disconnected in the end. */
@Injectable()
export class RenewalsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly batch: RenewalBatch,
    private readonly freeze: MoneyFreeze,
    private readonly clock: Clock,
    private readonly demoClock: DemoClock,
    private readonly organizationClock: OrganizationClock,
  ) {}

  /**
   * Renews until nothing is due. Partners take turns, so that one with many leases or errors does not hold up the others.
   * @throws Conflict while money is frozen, or where `now` is given outside the demo without `dryRun`; Unavailable while others have leases locked
   */
  async run(caller: SystemCaller, input: Partial<RunRenewals> = {}, options: RunOptions = {}): Promise<RenewalRun> {
    const { now, dryRun } = validated(RunRenewals, input);
    const at = () => (now === undefined ? this.clock.now() : new Date(now));
    if (dryRun) return this.forecast(at());
    if (now !== undefined && !(await this.demoClock.canMove())) {
      throw new Conflict('not_allowed_now', 'Outside the demo, another time than now is allowed only with --dry-run.');
    }
    return this.runUntilDone(caller, at, options);
  }

  /**
   * Renews one partner at once, as after a top-up.
   * @param isStopped called between transactions
   * @throws Conflict while money is frozen
   */
  async renewPartner(caller: SystemCaller, organizationId: string, isStopped: () => boolean): Promise<void> {
    await this.organizationClock.run(organizationId, async () => {
      while (!isStopped() && (await this.batch.renew(caller, organizationId, this.clock.now())).hasMore);
    });
  }

  /** The sandboxes with something to charge or attempt, each by its own clock. */
  listDueSandboxes(): Promise<string[]> {
    return readDueSandboxes(this.dataSource.manager, this.clock.now());
  }

  private async runUntilDone(caller: SystemCaller, at: () => Date, options: RunOptions): Promise<RenewalRun> {
    const run: RenewalRun = { charged: 0, pastDue: 0, disconnected: 0 };
    const failures = new Map<string, unknown>();
    const reportProgress = createProgressReporter(run, options);
    const { lockWaitMs = DEFAULT_LOCK_WAIT_MS } = options;
    let deadline = performance.now() + lockWaitMs;
    let lastSnapshot = '';
    await this.assertNotFrozen();
    while (!options.isStopped?.()) {
      const due = await readDuePartners(this.dataSource.manager, at());
      const partners = due.filter(({ id }) => !failures.has(id) && !options.isSkipped?.(id));
      if (partners.length === 0) break;
      const before = getTotal(run);
      await this.renewInTurns(caller, partners, at, run, failures, () => reportProgress(partners), options);
      // Another process may be renewing them: while that makes progress, this one waits for it.
      const snapshot = JSON.stringify(partners);
      const hasProgress = getTotal(run) > before || snapshot !== lastSnapshot;
      lastSnapshot = snapshot;
      if (hasProgress) deadline = performance.now() + lockWaitMs;
      if (getTotal(run) > before) continue;
      if (performance.now() >= deadline) {
        if (options.onFailure) break;
        throw new Unavailable('Some due leases are locked by other processes; run the renewals again.');
      } else await sleep(RETRY_AFTER_MS);
    }
    if (!options.onFailure) for (const error of failures.values()) throw error;
    return run;
  }

  /** One transaction of each partner in turn, until none has more. No transaction is running when it returns or throws. */
  private async renewInTurns(
    caller: SystemCaller,
    partners: { id: string }[],
    at: () => Date,
    run: RenewalRun,
    failures: Map<string, unknown>,
    reportProgress: () => void,
    options: RunOptions,
  ): Promise<void> {
    const queue = partners.map(({ id }) => id);
    const work = async () => {
      for (let id = queue.shift(); id !== undefined && !options.isStopped?.(); id = queue.shift()) {
        try {
          const { charged, pastDue, disconnected, hasMore } = await this.batch.renew(caller, id, at());
          run.charged += charged;
          run.pastDue += pastDue;
          run.disconnected += disconnected;
          if (hasMore) queue.push(id);
        } catch (error) {
          if (isMoneyFrozenError(error)) throw error;
          failures.set(id, error);
          options.onFailure?.(id, error);
        }
        reportProgress();
      }
    };
    const results = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private async assertNotFrozen(): Promise<void> {
    const { frozenAt, reason } = await this.freeze.state();
    if (frozenAt) throw new Conflict('money_frozen', sentence`Money is frozen (${reason}); nothing was renewed.`);
  }

  /** Counts what a run would do, without a lock or a write. */
  private async forecast(now: Date): Promise<RenewalRun> {
    const em = this.dataSource.manager;
    const run: RenewalRun = { charged: 0, pastDue: 0, disconnected: 0 };
    for (const { id } of await readDuePartners(em, now)) {
      const funds = await readFunds(em, id);
      const plan = planRenewals(await readDueLeases(em, id, now, unlimitedFunds), funds, now);
      run.charged += plan.charges.length;
      run.pastDue += plan.failed.length;
      run.disconnected += plan.disconnected.length;
    }
    return run;
  }
}

export function isMoneyFrozenError(error: unknown): boolean {
  return error instanceof Conflict && error.details.reason === 'money_frozen';
}

function getTotal({ charged, pastDue, disconnected }: RenewalRun): number {
  return charged + pastDue + disconnected;
}

function createProgressReporter(
  run: RenewalRun,
  { onProgress }: RunOptions,
): (partners: readonly DuePartner[]) => void {
  const startedAt = performance.now();
  let reportedAt = startedAt;
  return (partners) => {
    const now = performance.now();
    if (!onProgress || now - reportedAt < PROGRESS_EVERY_MS) return;
    reportedAt = now;
    const due = partners.reduce((sum, partner) => sum + partner.dueCount, 0);
    const rate = Math.round((getTotal(run) * 1_000) / (now - startedAt));
    onProgress(
      `Renewals: ${run.charged} charged, ${run.pastDue} past due, ${run.disconnected} disconnected; ${due} leases were due, ${rate} a second`,
    );
  };
}

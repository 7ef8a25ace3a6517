import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from './clock.js';
import { getSqlState, isStalePlan, toUnavailable } from './database-errors.js';
import { GroupCommit, MustRunAlone, runInTransaction, type Committed, type Work } from './group-commit.js';
import type { StatementBatch } from './statement-batch.js';
import { forgetPreparedStatements } from './statement-names.js';
import type { AfterCommitReading } from './transaction-control.js';
import type { AfterCommitHook } from './transaction-hooks.js';
import { withTimeout } from './with-timeout.js';

/** Deadlock and serialisation failure. */
const rerunCodes = new Set(['40P01', '40001']);
const RERUNS = 3;

interface RunOptions {
  /** How long to wait, after the commit, for the hooks: for an answer that tells what they did. */
  waitForHooksMs?: number;
  /** For reading, its log and signing in, which go on while a step of the database's clock is not followed. */
  allowClockFault?: boolean;
  /** What to read right after the commit, in its round trip. */
  reading?: AfterCommitReading;
}

/** Runs every transaction of the service, and reruns it as a whole where PostgreSQL asks for that. */
@Injectable()
export class Transactions implements BeforeApplicationShutdown {
  /** Whether each `run` ends with a commit of its own, which statements may be sent with. */
  readonly commitsEachRun: boolean = true;
  private readonly pending = new Set<Promise<void>>();
  private readonly groups: GroupCommit;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    this.groups = new GroupCommit(dataSource, () => clock.assertMayWrite());
  }

  /**
   * @param work may run more than once, so it must change nothing outside the transaction
   * @throws Unavailable when the database is out of reach or stays too busy, or the clock forbids to write; otherwise what `work` threw
   */
  async run<T>(
    work: (em: EntityManager) => Promise<T>,
    { waitForHooksMs = 0, allowClockFault = false, reading }: RunOptions = {},
  ): Promise<T> {
    return this.rerun(allowClockFault, async () => {
      const { result, hooks } = await this.runAlone({ run: work, reading }, allowClockFault);
      const done = this.runAfterCommitHooks(hooks);
      if (done && waitForHooksMs > 0) await withTimeout(waitForHooksMs, done).catch(() => undefined);
      return result;
    });
  }

  /**
   * {@link run} for work that may share its transaction with others of the same moment: they begin and commit once, and one after the other
   * changes a row that all of them change, such as a wallet, without waiting for it. Where PostgreSQL refuses the transaction, or a row stays locked, each runs alone.
   * @param keys what no two of one transaction have in common, such as the rows that the work locks; what it is sorted by, first
   * @param work writes by `queryWithCommit`, or nothing that means anything without that
   */
  runShared<T>(
    keys: readonly string[],
    work: (em: EntityManager) => Promise<T>,
    reading?: AfterCommitReading,
  ): Promise<T> {
    return this.rerun(false, async () => {
      const { result, hooks } = await this.groups.send(keys, { run: work, reading }).catch((error: unknown) => {
        if (!(error instanceof MustRunAlone)) throw error;
        return this.runAlone({ run: work, reading });
      });
      void this.runAfterCommitHooks(hooks);
      return result;
    });
  }

  /**
   * For work that is one statement, and one for all calls of the same moment: it needs no round trips to begin and commit.
   * @returns the row of this input
   * @throws Unavailable as {@link run}
   */
  runBatched<Input, Row>(batch: StatementBatch<Input, Row>, input: Input): Promise<Row> {
    return this.rerun(false, () => batch.run(this.dataSource, input));
  }

  private async rerun<T>(allowClockFault: boolean, work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      if (!allowClockFault) this.clock.assertMayWrite();
      try {
        return await work();
      } catch (error) {
        const hasStalePlan = isStalePlan(error);
        if (hasStalePlan) forgetPreparedStatements();
        const isRerun = hasStalePlan || rerunCodes.has(getSqlState(error) ?? '');
        if (!isRerun || attempt === RERUNS) throw toUnavailable(error);
        await pause(Math.random() * 20 * (attempt + 1));
      }
    }
  }

  private async runAlone<T>(work: Work<T>, allowClockFault = false): Promise<Committed<T>> {
    const assertMayCommit = () => (allowClockFault ? undefined : this.clock.assertMayWrite());
    const [outcome] = await runInTransaction(this.dataSource.createQueryRunner(), [work], {
      assertMayCommit,
      isShared: false,
    });
    if (outcome!.status === 'rejected') throw outcome!.reason;
    return outcome!.value;
  }

  private runAfterCommitHooks(hooks: AfterCommitHook[]): Promise<void> | null {
    if (hooks.length === 0) return null;
    // What follows from a commit may concern anybody.
    const run = this.clock.runForAll(() => runInOrder(hooks)).finally(() => this.pending.delete(run));
    this.pending.add(run);
    return run;
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.idle();
  }

  /** Resolves when all hooks of committed transactions have run. */
  async idle(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }
}

async function runInOrder(hooks: AfterCommitHook[]): Promise<void> {
  for (const hook of hooks) await hook().catch(() => undefined);
}

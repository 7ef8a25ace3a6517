import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { Clock } from './clock.js';
import { getSqlState, isStalePlan, toUnavailable } from './database-errors.js';
import type { Sql } from './sql.js';
import type { StatementBatch } from './statement-batch.js';
import { forgetPreparedStatements } from './statement-names.js';
import { beginTransaction, commitTransaction, keepForAfterCommit, rollBack } from './transaction-control.js';
import { withTimeout } from './with-timeout.js';

/** Deadlock and serialisation failure. */
const rerunCodes = new Set(['40P01', '40001']);
const RERUNS = 3;

type BeforeCommitHook = (em: EntityManager) => Promise<void>;
type AfterCommitHook = () => Promise<void>;

const beforeCommitHooks = new WeakMap<QueryRunner, Map<string, BeforeCommitHook>>();
const afterCommitHooks = new WeakMap<QueryRunner, AfterCommitHook[]>();

/**
 * Runs `hook` at the end of the transaction of `em`, as a part of it: what it throws rolls everything back.
 * @param key of hooks with the same one, the first runs alone
 */
export function beforeCommit(em: EntityManager, key: string, hook: BeforeCommitHook): void {
  const hooks = beforeCommitHooks.get(em.queryRunner!);
  if (hooks && !hooks.has(key)) hooks.set(key, hook);
}

/** Runs `hook` after the transaction of `em` commits, and never when it is rolled back. Its errors are ignored: the periodic sweeps make up for them. */
export function afterCommit(em: EntityManager, hook: AfterCommitHook): void {
  afterCommitHooks.get(em.queryRunner!)?.push(hook);
}

interface RunOptions {
  /** How long to wait, after the commit, for the hooks: for an answer that tells what they did. */
  waitForHooksMs?: number;
  /** For reading, its log and signing in, which go on while a step of the database's clock is not followed. */
  allowClockFault?: boolean;
  /** What to read right after the commit, in its round trip. */
  reading?: AfterCommitReading;
}

/** A statement that is run right after a transaction's commit, and what it read. */
export class AfterCommitReading<Row = unknown> {
  /** `null` where nothing was committed, or reading failed. */
  rows: Row[] | null = null;

  constructor(readonly statement: Sql) {}
}

interface Committed<T> {
  result: T;
  /** Resolves when all of them have run; `null` where there are none. */
  hooks: Promise<void> | null;
}

/** Runs every transaction of the service, and reruns it as a whole where PostgreSQL asks for that. */
@Injectable()
export class Transactions implements BeforeApplicationShutdown {
  /** Whether each `run` ends with a commit of its own, which statements may be sent with. */
  readonly commitsEachRun: boolean = true;
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * @param work may run more than once, so it must change nothing outside the transaction
   * @throws Unavailable when the database is out of reach or stays too busy, or the clock forbids to write; otherwise what `work` threw
   */
  async run<T>(
    work: (em: EntityManager) => Promise<T>,
    { waitForHooksMs = 0, allowClockFault = false, reading }: RunOptions = {},
  ): Promise<T> {
    return this.rerun(allowClockFault, async () => {
      const { result, hooks } = await this.attempt(work, allowClockFault, reading);
      if (hooks && waitForHooksMs > 0) await withTimeout(waitForHooksMs, hooks).catch(() => undefined);
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

  private async attempt<T>(
    work: (em: EntityManager) => Promise<T>,
    allowClockFault: boolean,
    reading: AfterCommitReading | undefined,
  ): Promise<Committed<T>> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await beginTransaction(runner);
      const hooks: AfterCommitHook[] = [];
      afterCommitHooks.set(runner, hooks);
      const lastSteps = new Map<string, BeforeCommitHook>();
      beforeCommitHooks.set(runner, lastSteps);
      const result = await work(runner.manager);
      for (const hook of lastSteps.values()) await hook(runner.manager);
      if (!allowClockFault) this.clock.assertMayWrite();
      if (reading) keepForAfterCommit(runner, reading.statement, (rows) => (reading.rows = rows));
      await commitTransaction(runner);
      return { result, hooks: this.runAfterCommitHooks(hooks) };
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
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

import { AsyncResource } from 'node:async_hooks';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { endsConnection, isLockTimeout } from './database-errors.js';
import { DomainError } from './errors.js';
import { KeyedQueue } from './keyed-queue.js';
import {
  beginTransaction,
  commitTransaction,
  joinTransaction,
  readAfterCommit,
  rollBack,
  type AfterCommitReading,
} from './transaction-control.js';
import { runBeforeCommitHooks, takeHooks, type AfterCommitHook } from './transaction-hooks.js';

/** Pieces of work in one transaction: each waits for all of them. */
const MAX_MEMBERS = 8;
/** While so many transactions run, what comes gathers for the next one: they find more together, and wait less for each other in PostgreSQL. */
const MAX_OPEN = 3;
/** No longer for each row that another transaction holds: whoever comes after has nothing to do with that row. */
const BEGIN_SHARED = "START TRANSACTION; SET LOCAL lock_timeout = '500ms'";

/** What is done in a transaction, and read in the round trip of its commit. */
export interface Work<T> {
  run(em: EntityManager): Promise<T>;
  reading?: AfterCommitReading;
}

export interface Committed<T> {
  result: T;
  /** What was registered by `afterCommit`, in its order. */
  hooks: AfterCommitHook[];
}

/** Nothing was written: of several pieces of work one failed, or one waited for its row for as long as it may beside others. */
export class MustRunAlone extends Error {}

interface QueuedWork extends Work<unknown> {
  keys: readonly string[];
  /** By `performance.now()`. */
  queuedAt: number;
  resolve(committed: Committed<unknown>): void;
  reject(error: unknown): void;
}

interface TransactionOptions {
  /** Throws where nothing may be committed now. */
  assertMayCommit(): void;
  /** Whether others may wait for the end of this transaction. */
  isShared: boolean;
}

/**
 * Runs pieces of work in one transaction. One of several that throws a DomainError takes no part in it: what it wrote until then must mean
 * nothing.
 * @param runner which is released at the end
 * @throws MustRunAlone; otherwise, where there is no telling whether it was committed, what broke the connection; what the only work threw
 */
export async function runInTransaction<T>(
  runner: QueryRunner,
  works: readonly Work<T>[],
  { assertMayCommit, isShared }: TransactionOptions,
): Promise<PromiseSettledResult<Committed<T>>[]> {
  const areSeveral = works.length > 1;
  let isCommitSent = false;
  try {
    await beginTransaction(runner, isShared ? BEGIN_SHARED : undefined);
    const members = works.map((work) => {
      const own = areSeveral ? joinTransaction(runner) : runner;
      return { work, runner: own, hooks: takeHooks(own) };
    });
    const outcomes = await Promise.allSettled(members.map(async ({ work, runner: own }) => work.run(own.manager)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected' && !(areSeveral && outcome.reason instanceof DomainError)) throw outcome.reason;
    }
    const committing = members.filter((_, place) => outcomes[place]!.status === 'fulfilled');
    for (const member of committing) {
      await runBeforeCommitHooks(member.runner);
      if (member.work.reading) readAfterCommit(member.runner, member.work.reading);
    }
    assertMayCommit();
    isCommitSent = true;
    await commitTransaction(
      runner,
      committing.map((member) => member.runner),
    );
    return outcomes.map((outcome, place) => {
      if (outcome.status === 'rejected') return outcome;
      return { status: 'fulfilled', value: { result: outcome.value, hooks: members[place]!.hooks } };
    });
  } catch (error) {
    await rollBack(runner);
    const isRolledBack = !isCommitSent || !endsConnection(error);
    const mustRunAlone = isRolledBack && (areSeveral || (isShared && isLockTimeout(error)));
    throw mustRunAlone ? new MustRunAlone(undefined, { cause: error }) : error;
  } finally {
    await runner.release();
  }
}

/** Gathers the work of one moment, and what comes while enough transactions run, into transactions that several share. */
export class GroupCommit {
  private readonly queue = new KeyedQueue<QueuedWork>();
  private open = 0;
  private isFlushPlanned = false;

  /** @param assertMayCommit of {@link TransactionOptions} */
  constructor(
    private readonly dataSource: DataSource,
    private readonly assertMayCommit: () => void,
  ) {}

  /**
   * @param keys what no two of one transaction have in common; they are run in the order of their first ones
   * @throws as {@link runInTransaction}
   */
  send<T>(keys: readonly string[], { run, reading }: Work<T>): Promise<Committed<T>> {
    return new Promise((resolve, reject) => {
      // Each works in the context of its own call, such as the business time of a sandbox.
      const own = AsyncResource.bind(run);
      const settle = { resolve: resolve as QueuedWork['resolve'], reject };
      this.queue.push({ keys, run: own, reading, queuedAt: performance.now(), ...settle });
      if (this.isFlushPlanned) return;
      this.isFlushPlanned = true;
      // Immediates run after all sockets that are readable now have been read.
      setImmediate(() => {
        this.isFlushPlanned = false;
        this.flush();
      });
    });
  }

  private flush(): void {
    const needed = Math.ceil(this.queue.length / MAX_MEMBERS);
    for (let started = 0; started < needed && this.open < MAX_OPEN; started += 1) {
      this.open += 1;
      void this.runNext().finally(() => {
        this.open -= 1;
        this.flush();
      });
    }
  }

  private async runNext(): Promise<void> {
    const askedAt = performance.now();
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
    } catch (error) {
      const waited = this.queue.takeWhile(Infinity, ({ queuedAt }) => queuedAt <= askedAt);
      for (const { reject } of waited) reject(error);
      return runner.release();
    }
    // They lock the rows of their first keys in one order, whichever of them came first.
    await this.runGroup(runner, this.queue.take(MAX_MEMBERS).toSorted(byFirstKey));
  }

  private async runGroup(runner: QueryRunner, group: QueuedWork[]): Promise<void> {
    if (group.length === 0) return runner.release();
    try {
      const outcomes = await runInTransaction<unknown>(runner, group, {
        assertMayCommit: this.assertMayCommit,
        isShared: true,
      });
      for (const [place, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[place]!;
        if (outcome.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome.reason);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

function byFirstKey({ keys: [key = ''] }: QueuedWork, { keys: [otherKey = ''] }: QueuedWork): number {
  return key < otherKey ? -1 : Number(key > otherKey);
}

import { AsyncResource } from 'node:async_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { endsConnection } from './database-errors.js';
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

/** Of one transaction: each waits for what all of them do. */
const MAX_MEMBERS = 8;
/** While so many transactions run, what comes gathers for the next one: they find more together, and wait less for each other in PostgreSQL. */
const MAX_OPEN = 3;
/** A transaction that is shared waits no longer for a row that another one holds: most of it has nothing to do with that row. */
const BEGIN_SHARED = "START TRANSACTION; SET LOCAL lock_timeout = '500ms'";

/** What is done in a transaction, and read in the round trip of its commit. */
export interface Work<T> {
  run(em: EntityManager): Promise<T>;
  reading?: AfterCommitReading;
}

export interface Committed<T> {
  result: T;
  /** To run now, which are no part of the transaction. */
  hooks: AfterCommitHook[];
}

/** A transaction with several pieces of work was rolled back, for one of them. */
export class RolledBackTogether extends Error {}

interface QueuedWork extends Work<unknown> {
  keys: readonly string[];
  resolve(committed: Committed<unknown>): void;
  reject(error: unknown): void;
}

/**
 * Runs pieces of work in one transaction. One that throws a DomainError takes no part in it, and must have written nothing until then.
 * @param assertMayCommit throws where nothing may be committed now
 * @throws RolledBackTogether where nothing of several was written; what the only one threw; why it is unknown whether they are committed
 */
export async function runInTransaction<T>(
  dataSource: DataSource,
  works: readonly Work<T>[],
  assertMayCommit: () => void,
): Promise<PromiseSettledResult<Committed<T>>[]> {
  const isShared = works.length > 1;
  const runner = dataSource.createQueryRunner();
  let isCommitSent = false;
  try {
    await beginTransaction(runner, isShared ? BEGIN_SHARED : undefined);
    const members = works.map((work) => {
      const own = isShared ? joinTransaction(runner) : runner;
      return { work, runner: own, hooks: takeHooks(own) };
    });
    const outcomes = await Promise.allSettled(members.map((member) => member.work.run(member.runner.manager)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected' && !(isShared && outcome.reason instanceof DomainError)) throw outcome.reason;
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
    throw isShared && isRolledBack ? new RolledBackTogether(undefined, { cause: error }) : error;
  } finally {
    await runner.release();
  }
}

/** Gathers the work of one moment, and what comes while enough transactions run, into transactions that several share. */
export class GroupCommit {
  private readonly queue = new KeyedQueue<QueuedWork>();
  private open = 0;
  private isFlushPlanned = false;

  /** @param runTogether as {@link runInTransaction} */
  constructor(
    private readonly runTogether: (works: Work<unknown>[]) => Promise<PromiseSettledResult<Committed<unknown>>[]>,
  ) {}

  /**
   * @param keys what no two of one transaction have in common
   * @throws as {@link runInTransaction}
   */
  send<T>(keys: readonly string[], { run, reading }: Work<T>): Promise<Committed<T>> {
    return new Promise((resolve, reject) => {
      // Each works in the context of its own call, such as the business time of a sandbox.
      const own = AsyncResource.bind(run);
      this.queue.push({ keys, run: own, reading, resolve: resolve as QueuedWork['resolve'], reject });
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
    while (this.open < MAX_OPEN && this.queue.length > 0) {
      this.open += 1;
      void this.runGroup(this.queue.take(MAX_MEMBERS)).finally(() => {
        this.open -= 1;
        this.flush();
      });
    }
  }

  private async runGroup(group: QueuedWork[]): Promise<void> {
    try {
      const outcomes = await this.runTogether(group);
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

import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { getSqlState, toUnavailable } from './database-errors.js';
import { forgetPreparedStatements } from './statement-names.js';

/** Deadlock, serialisation failure, and a cached plan that a migration under a running service made invalid. */
const rerunCodes = new Set(['40P01', '40001', '0A000']);
const RERUNS = 3;

/** What waits for the commit of each open transaction. */
const afterCommitHooks = new WeakMap<QueryRunner, (() => Promise<void>)[]>();

/** Has `work` done once this transaction is committed, and not at all where it is rolled back. Its failure is not the caller's: a sweep makes it good. */
export function afterCommit(em: EntityManager, work: () => Promise<void>): void {
  afterCommitHooks.get(em.queryRunner!)?.push(work);
}

/** A connection of the pool, as `database/prepared-statements.ts` makes them. */
interface Destroyable {
  /** Closes the socket at once, so that the pool never hands it out again. */
  destroy(): void;
}

/** Runs the house's transactions: all of the work or none of it, rerun as a whole where PostgreSQL asks for that. */
@Injectable()
export class Transactions implements BeforeApplicationShutdown {
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param work gets the manager that every helper takes first; it may run more than once, so it must keep nothing outside
   * @throws Unavailable when the database is away or stays too busy; what `work` threw otherwise
   */
  async run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        const code = getSqlState(error);
        if (code === '0A000') forgetPreparedStatements();
        if (!code || !rerunCodes.has(code) || attempt === RERUNS) throw toUnavailable(error);
        await pause(Math.random() * 20 * (attempt + 1));
      }
    }
  }

  private async attempt<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction();
      const waiting: (() => Promise<void>)[] = [];
      afterCommitHooks.set(runner, waiting);
      const result = await work(runner.manager);
      await runner.commitTransaction();
      this.runAfterCommitHooks(waiting);
      return result;
    } catch (error) {
      await this.rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private runAfterCommitHooks(waiting: (() => Promise<void>)[]): void {
    if (waiting.length === 0) return;
    const going = runInOrder(waiting).finally(() => this.pending.delete(going));
    this.pending.add(going);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.idle();
  }

  /** Resolves when everything that commits have set off is done; asked before the pool closes. */
  async idle(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  /** A connection whose ROLLBACK failed may still be inside the transaction: the next caller's COMMIT would commit the failed work. */
  private async rollBack(runner: QueryRunner): Promise<void> {
    if (!runner.isTransactionActive) return;
    try {
      await runner.rollbackTransaction();
    } catch {
      const connection = (await runner.connect()) as Destroyable;
      connection.destroy();
    }
  }
}

async function runInOrder(works: (() => Promise<void>)[]): Promise<void> {
  for (const work of works) await work().catch(() => undefined);
}

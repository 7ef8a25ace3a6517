import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { faultCode, orUnavailable } from './faults.js';
import { PreparingClient } from './preparing-client.js';

/** Deadlock, serialisation failure, and a cached plan that a migration under a running service made invalid. */
const rerunCodes = new Set(['40P01', '40001', '0A000']);
const RERUNS = 3;

/** Runs the house's transactions: all of the work or none of it, rerun as a whole where PostgreSQL asks for that. */
@Injectable()
export class Transactions {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param work gets the manager that every helper takes first; it may run more than once, so it must keep nothing outside
   * @throws Unavailable when the database is away or stays too busy; what `work` threw otherwise
   */
  async run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.once(work);
      } catch (error) {
        const code = faultCode(error);
        if (code === '0A000') PreparingClient.forgetPlans();
        if (!code || !rerunCodes.has(code) || attempt === RERUNS) throw orUnavailable(error);
        await pause(Math.random() * 20 * (attempt + 1));
      }
    }
  }

  private async once<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction();
      const result = await work(runner.manager);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await this.rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** A connection whose ROLLBACK failed may still be inside the transaction: the next caller's COMMIT would commit the failed work. */
  private async rollBack(runner: QueryRunner): Promise<void> {
    if (!runner.isTransactionActive) return;
    try {
      await runner.rollbackTransaction();
    } catch {
      const client = (await runner.connect()) as PreparingClient;
      client.destroy();
    }
  }
}

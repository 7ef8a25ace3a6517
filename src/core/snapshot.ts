import type { DataSource, EntityManager } from 'typeorm';
import { queryRows, sql } from './sql.js';
import { beginTransaction, commitTransaction, rollBack } from './transaction-control.js';

/** Reads in one REPEATABLE READ snapshot, so that the figures of a page agree with each other beside live traffic. */
export function readSnapshot<T>(dataSource: DataSource, work: (em: EntityManager) => Promise<T>): Promise<T> {
  return readOnly(dataSource, work);
}

/** The same without the timeouts of our role, for reports in the background. */
export function readLongSnapshot<T>(dataSource: DataSource, work: (em: EntityManager) => Promise<T>): Promise<T> {
  return readOnly(dataSource, async (em) => {
    await queryRows(
      em,
      sql`SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout')`,
    );
    return work(em);
  });
}

async function readOnly<T>(dataSource: DataSource, work: (em: EntityManager) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await beginTransaction(runner, 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(runner.manager);
    await commitTransaction(runner);
    return result;
  } finally {
    await rollBack(runner);
    await runner.release();
  }
}

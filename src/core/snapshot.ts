import type { DataSource, EntityManager } from 'typeorm';

/** Reads one REPEATABLE READ snapshot, so that a page's figures agree with each other beside live traffic. Writes nothing. */
export function readSnapshot<T>(dataSource: DataSource, work: (em: EntityManager) => Promise<T>): Promise<T> {
  return readOnly(dataSource, work);
}

/** The same for a report that nobody waits for as for a page: it takes as long as it takes. */
export function readLongSnapshot<T>(dataSource: DataSource, work: (em: EntityManager) => Promise<T>): Promise<T> {
  return readOnly(dataSource, async (em) => {
    await em.query(
      "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout')",
    );
    return work(em);
  });
}

async function readOnly<T>(dataSource: DataSource, work: (em: EntityManager) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SET TRANSACTION READ ONLY');
    const result = await work(runner.manager);
    await runner.commitTransaction();
    return result;
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
}

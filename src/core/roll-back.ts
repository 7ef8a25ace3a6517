import type { QueryRunner } from 'typeorm';
import type { PooledConnection } from './connection-pool.js';

/** A connection whose ROLLBACK failed may still be inside the transaction: the next caller's COMMIT would commit the failed work. */
export async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive) return;
  try {
    await runner.rollbackTransaction();
  } catch {
    const connection = (await runner.connect()) as PooledConnection;
    connection.destroy();
  }
}

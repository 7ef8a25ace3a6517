import type { QueryRunner } from 'typeorm';
import type { PooledConnection } from './connection-pool.js';

/** How each open transaction began: whoever sends its first statement learns of it. */
const beginnings = new WeakMap<QueryRunner, Promise<unknown>>();

/** Sends the beginning with the first statement in one write, and does not wait for the answer. */
export async function beginTransaction(runner: QueryRunner, begin = 'START TRANSACTION'): Promise<void> {
  const connection = (await runner.connect()) as PooledConnection;
  const begun = connection.sendWithNext(() => connection.query(begin));
  begun.catch(() => undefined);
  beginnings.set(runner, begun);
}

/** Resolves at once for a runner without a transaction of ours. @throws what the beginning of its transaction threw */
export async function waitForBeginning(runner: QueryRunner): Promise<void> {
  await beginnings.get(runner);
}

export async function commitTransaction(runner: QueryRunner): Promise<void> {
  await waitForBeginning(runner);
  const connection = (await runner.connect()) as PooledConnection;
  await connection.query('COMMIT');
  beginnings.delete(runner);
}

/** A connection whose ROLLBACK failed may still be inside the transaction: the next caller's COMMIT would commit the failed work. */
export async function rollBack(runner: QueryRunner): Promise<void> {
  if (!beginnings.delete(runner)) return;
  const connection = (await runner.connect()) as PooledConnection;
  await connection.query('ROLLBACK').catch(() => connection.destroy());
}

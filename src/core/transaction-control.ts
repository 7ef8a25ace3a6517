import { setImmediate } from 'node:timers/promises';
import type { Sql } from 'sql-template-tag';
import type { QueryRunner } from 'typeorm';
import type { PooledConnection } from './connection-pool.js';
import { endsConnection } from './database-errors.js';

/** How each open transaction began: whoever sends its first statement learns of it. */
const beginnings = new WeakMap<QueryRunner, Promise<unknown>>();

type Statement = Pick<Sql, 'text' | 'values'>;

interface KeptStatement extends Statement {
  onRows: (rows: unknown[]) => void;
}

const keptForCommit = new WeakMap<QueryRunner, KeptStatement[]>();
const keptForAfterCommit = new WeakMap<QueryRunner, KeptStatement>();

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

/**
 * Keeps a statement until the commit, and sends it in the same write: for one whose result nothing in the transaction depends on, and
 * which nothing in it reads afterwards.
 * @param onRows gets its rows once the transaction is committed
 * @returns `false` for a runner without a transaction of ours
 */
export function keepForCommit(runner: QueryRunner, statement: Statement, onRows: KeptStatement['onRows']): boolean {
  if (!beginnings.has(runner)) return false;
  const { text, values } = statement;
  keptForCommit.set(runner, [...(keptForCommit.get(runner) ?? []), { text, values, onRows }]);
  return true;
}

/**
 * Sends a statement in the write of the commit too, to run after it. The transaction is committed also where this one fails.
 * @param onRows not called where it fails
 */
export function keepForAfterCommit(runner: QueryRunner, statement: Statement, onRows: KeptStatement['onRows']): void {
  const { text, values } = statement;
  keptForAfterCommit.set(runner, { text, values, onRows });
}

/** @throws what the first of the kept statements that fails throws; PostgreSQL has rolled back then */
export async function commitTransaction(runner: QueryRunner): Promise<void> {
  await waitForBeginning(runner);
  const connection = (await runner.connect()) as PooledConnection;
  const kept = keptForCommit.get(runner) ?? [];
  const afterwards = keptForAfterCommit.get(runner);
  const send = ({ text, values }: KeptStatement) => connection.query(text, values);
  const { sent, read } = connection.sendTogether(() => ({
    sent: [...kept.map(send), connection.query('COMMIT')],
    read: afterwards && send(afterwards),
  }));
  const [, reading] = await Promise.all([
    Promise.allSettled(sent),
    read?.catch((error: unknown) => (endsConnection(error) ? destroyed(connection) : undefined)),
  ]);
  const results = await Promise.all(sent);
  beginnings.delete(runner);
  for (const [place, { onRows }] of kept.entries()) onRows(results[place]!.rows);
  if (reading) afterwards!.onRows(reading.rows);
}

/** The pool gives nobody the connection once the next turn of the event loop has begun. */
async function destroyed(connection: PooledConnection): Promise<void> {
  connection.destroy();
  await setImmediate();
}

/** A connection whose ROLLBACK failed may still be inside the transaction: the next caller's COMMIT would commit the failed work. */
export async function rollBack(runner: QueryRunner): Promise<void> {
  if (!beginnings.delete(runner)) return;
  const connection = (await runner.connect()) as PooledConnection;
  await connection.query('ROLLBACK').catch(() => destroyed(connection));
}

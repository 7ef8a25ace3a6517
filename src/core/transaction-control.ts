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
  /** Of the row that it locks. */
  lockKey?: string;
}

/** A statement that is run right after a transaction's commit, and what it read. */
export class AfterCommitReading<Row = unknown> {
  /** `null` where nothing was committed, or reading failed. */
  rows: Row[] | null = null;

  constructor(readonly statement: Sql) {}
}

const keptForCommit = new WeakMap<QueryRunner, KeptStatement[]>();
const readingsAfterCommit = new WeakMap<QueryRunner, AfterCommitReading>();

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
 * @returns what stands for one of several pieces of work in the transaction of `runner`: the same connection, with statements of its own
 * to send with the commit
 */
export function joinTransaction(runner: QueryRunner): QueryRunner {
  const member = Object.create(runner) as QueryRunner;
  // Becomes `member.manager`.
  runner.dataSource.createEntityManager(member);
  beginnings.set(member, beginnings.get(runner)!);
  return member;
}

/**
 * Keeps a statement until the commit, and sends it in the same write: for one whose result nothing in the transaction depends on, and
 * which nothing in it reads afterwards.
 * @returns `false` for a runner without a transaction of ours
 */
export function keepForCommit(runner: QueryRunner, statement: KeptStatement): boolean {
  if (!beginnings.has(runner) || runner.isReleased) return false;
  keptForCommit.set(runner, [...(keptForCommit.get(runner) ?? []), statement]);
  return true;
}

/** Sends its statement in the write of the commit too, to run after it. The transaction is committed also where that one fails. */
export function readAfterCommit(runner: QueryRunner, reading: AfterCommitReading): void {
  readingsAfterCommit.set(runner, reading);
}

/**
 * @param members whose kept statements are sent. They are sent in the order of their locks, so that no two transactions wait for each other
 * @throws what the first of the kept statements that fails throws; PostgreSQL has rolled back then
 */
export async function commitTransaction(runner: QueryRunner, members = [runner]): Promise<void> {
  await waitForBeginning(runner);
  const connection = (await runner.connect()) as PooledConnection;
  const kept = members
    .map((member) => keptForCommit.get(member) ?? [])
    .toSorted(byLockKey)
    .flat();
  const readings = members.flatMap((member) => readingsAfterCommit.get(member) ?? []);
  const send = ({ text, values }: Statement) => connection.query(text, values);
  const { sent, read } = connection.sendTogether(() => ({
    sent: [...kept.map(send), connection.query('COMMIT')],
    read: readings.map(({ statement }) => send(statement)),
  }));
  const [, found] = await Promise.all([
    Promise.allSettled(sent),
    Promise.all(
      read.map((reading) =>
        reading.catch((error: unknown) => (endsConnection(error) ? destroyed(connection) : undefined)),
      ),
    ),
  ]);
  const results = await Promise.all(sent);
  beginnings.delete(runner);
  for (const [place, { onRows }] of kept.entries()) onRows(results[place]!.rows);
  for (const [place, reading] of readings.entries()) reading.rows = found[place]?.rows ?? null;
}

function byLockKey(some: KeptStatement[], others: KeptStatement[]): number {
  const [key, otherKey] = [some, others].map((kept) => kept.find(({ lockKey }) => lockKey)?.lockKey ?? '');
  return key! < otherKey! ? -1 : Number(key! > otherKey!);
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

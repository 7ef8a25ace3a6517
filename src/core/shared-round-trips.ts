import type pg from 'pg';
import type { Sql } from 'sql-template-tag';
import type { PooledConnection } from './connection-pool.js';

/** More would wait for each other longer than a round trip takes, and keep PostgreSQL's other cores idle. */
const MAX_STATEMENTS = 8;

interface QueuedStatement {
  statement: Sql;
  /** By `performance.now()`. */
  queuedAt: number;
  resolve(result: pg.QueryResult): void;
  reject(error: unknown): void;
}

interface StatementQueue {
  statements: QueuedStatement[];
  /** Connections that were asked for and have not come yet. */
  connectionsAsked: number;
  isFlushPlanned: boolean;
}

const queues = new WeakMap<pg.Pool, StatementQueue>();

/**
 * Sends a statement together with the others that are asked for in the same turn of the event loop: one connection, one write. Each is
 * a transaction of its own and fails alone. To write to a socket costs more than all else that a short statement takes in this process.
 * @throws what the statement throws, or why there is no connection
 */
export function queryShared(pool: pg.Pool, statement: Sql): Promise<pg.QueryResult> {
  const queue = queues.get(pool) ?? { statements: [], connectionsAsked: 0, isFlushPlanned: false };
  queues.set(pool, queue);
  return new Promise((resolve, reject) => {
    queue.statements.push({ statement, queuedAt: performance.now(), resolve, reject });
    if (queue.isFlushPlanned) return;
    queue.isFlushPlanned = true;
    // Immediates run after all sockets that are readable now have been read.
    setImmediate(() => askForConnections(pool, queue));
  });
}

function askForConnections(pool: pg.Pool, queue: StatementQueue): void {
  queue.isFlushPlanned = false;
  const needed = Math.ceil(queue.statements.length / MAX_STATEMENTS);
  while (queue.connectionsAsked < needed) {
    queue.connectionsAsked += 1;
    void sendOverNextConnection(pool, queue);
  }
}

async function sendOverNextConnection(pool: pg.Pool, queue: StatementQueue): Promise<void> {
  const askedAt = performance.now();
  const connecting = pool.connect() as Promise<PooledConnection>;
  const outcome = await connecting.catch((error: unknown) => ({ error }));
  queue.connectionsAsked -= 1;
  if ('error' in outcome) {
    // What was queued since then has waited for less time than a connection may take.
    const waited = queue.statements.filter(({ queuedAt }) => queuedAt <= askedAt).slice(0, MAX_STATEMENTS);
    for (const { reject } of queue.statements.splice(0, waited.length)) reject(outcome.error);
    return askForConnections(pool, queue);
  }
  const taken = queue.statements.splice(0, MAX_STATEMENTS);
  const sent = outcome.sendTogether(() => taken.map(({ statement: { text, values } }) => outcome.query(text, values)));
  for (const [n, result] of sent.entries()) result.then(taken[n]!.resolve, taken[n]!.reject);
  await Promise.allSettled(sent);
  outcome.release();
}

import type pg from 'pg';
import type { Sql } from 'sql-template-tag';
import type { PooledConnection } from './connection-pool.js';
import { KeyedQueue } from './keyed-queue.js';

/** Of one round trip. More would wait for each other longer than a round trip takes, and keep PostgreSQL's other cores idle. */
export const MAX_SHARING = 8;

interface Sharing<Item, Result> {
  /** What no two items of one round trip have in common. */
  toKeys?(item: Item): string[];
  /** Sends the items in one write. @returns what becomes of each */
  send(connection: PooledConnection, items: Item[]): Promise<Result>[];
}

interface QueuedItem<Item, Result> {
  item: Item;
  keys: string[];
  /** By `performance.now()`. */
  queuedAt: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Sends what is asked for in the same turn of the event loop together: one connection, one write. To write to a socket costs more than all
 * else that a short statement takes in this process.
 */
export class SharedRoundTrips<Item, Result> {
  private readonly queue = new KeyedQueue<QueuedItem<Item, Result>>();
  /** Connections that were asked for and have not come yet. */
  private connectionsAsked = 0;
  private isFlushPlanned = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly sharing: Sharing<Item, Result>,
  ) {}

  /** @throws what sending the item throws, or why there is no connection */
  send(item: Item): Promise<Result> {
    const keys = this.sharing.toKeys?.(item) ?? [];
    return new Promise((resolve, reject) => {
      this.queue.push({ item, keys, queuedAt: performance.now(), resolve, reject });
      if (this.isFlushPlanned) return;
      this.isFlushPlanned = true;
      // Immediates run after all sockets that are readable now have been read.
      setImmediate(() => this.askForConnections());
    });
  }

  private askForConnections(): void {
    this.isFlushPlanned = false;
    const needed = Math.ceil(this.queue.length / MAX_SHARING);
    while (this.connectionsAsked < needed) {
      this.connectionsAsked += 1;
      void this.sendOverNextConnection();
    }
  }

  private async sendOverNextConnection(): Promise<void> {
    const askedAt = performance.now();
    const connecting = this.pool.connect() as Promise<PooledConnection>;
    const outcome = await connecting.catch((error: unknown) => ({ error }));
    this.connectionsAsked -= 1;
    if ('error' in outcome) {
      // What was queued since then has waited for less time than a connection may take.
      const waited = this.queue.takeWhile(MAX_SHARING, ({ queuedAt }) => queuedAt <= askedAt);
      for (const { reject } of waited) reject(outcome.error);
      return this.askForConnections();
    }
    const taken = this.queue.take(MAX_SHARING);
    // What shares a key with one of these needs another connection.
    this.askForConnections();
    await this.sendOver(outcome, taken);
  }

  private async sendOver(connection: PooledConnection, taken: QueuedItem<Item, Result>[]): Promise<void> {
    try {
      const sent = this.sharing.send(
        connection,
        taken.map(({ item }) => item),
      );
      for (const [place, result] of sent.entries()) result.then(taken[place]!.resolve, taken[place]!.reject);
      await Promise.allSettled(sent);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    } finally {
      connection.release();
    }
  }
}

const statements = new WeakMap<pg.Pool, SharedRoundTrips<Sql, pg.QueryResult>>();

/** Each statement is a transaction of its own and fails alone. */
export function queryShared(pool: pg.Pool, statement: Sql): Promise<pg.QueryResult> {
  const roundTrips = statements.get(pool) ?? new SharedRoundTrips(pool, { send: sendStatements });
  statements.set(pool, roundTrips);
  return roundTrips.send(statement);
}

function sendStatements(connection: PooledConnection, sent: Sql[]): Promise<pg.QueryResult>[] {
  return connection.sendTogether(() => sent.map(({ text, values }) => connection.query(text, values)));
}

import type pg from 'pg';
import type { DataSource } from 'typeorm';

/** A connection of the pool; `PreparingClient` in `database/` implements it. */
export interface PooledConnection extends pg.PoolClient {
  /** Runs `send`: the statements that it sends without waiting leave in one write. */
  sendTogether<T>(send: () => T): T;
  /** The same, and what follows within the same turn of the event loop leaves in that write too. */
  sendWithNext<T>(send: () => T): T;
  /** Closes the socket at once, so that the pool never hands the connection out again. */
  destroy(): void;
}

/** The pool under a data source, which TypeORM does not type. @throws Error before it is connected and after it is closed */
export function getPool(dataSource: DataSource): pg.Pool {
  const { master } = dataSource.driver as unknown as { master: pg.Pool | undefined };
  if (!master) throw new Error('Driver not Connected');
  return master;
}

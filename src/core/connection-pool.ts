import type pg from 'pg';
import type { DataSource } from 'typeorm';

/** A connection of the pool; `PreparingClient` in `database/` implements it. */
export interface PooledConnection {
  /** Closes the socket at once, so that the pool never hands the connection out again. */
  destroy(): void;
}

/** The pool under a data source, which TypeORM does not type. */
export function getPool(dataSource: DataSource): pg.Pool {
  return (dataSource.driver as unknown as { master: pg.Pool }).master;
}

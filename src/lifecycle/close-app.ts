import type { INestApplication } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { getPool, type PooledConnection } from '../core/connection-pool.js';

/**
 * Tracks the connections that calls use, because a pool cannot end before it has all of them back.
 * @returns closes the application; connections still in use after the timeout are destroyed, and PostgreSQL rolls their
 *   transactions back
 */
export function trackConnections(app: INestApplication): (timeoutMs: number) => Promise<void> {
  const inUse = new Set<PoolClient>();
  const pool = getPool(app.get(DataSource));
  pool.on('acquire', (client) => inUse.add(client));
  pool.on('release', (_error, client) => inUse.delete(client));

  return async (timeoutMs) => {
    const timer = setTimeout(() => {
      for (const client of inUse) (client as unknown as PooledConnection).destroy();
    }, timeoutMs);
    await app.close();
    clearTimeout(timer);
  };
}

import type { INestApplication } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { PreparingClient } from '../database/prepared-statements.js';

/**
 * Watches the application's connections, because a pool cannot end before it has all of them back.
 * @returns closes the application; where calls still hold connections after the time, destroys those first: their
 *   transactions are rolled back by the server
 */
export function trackConnections(app: INestApplication): (withinMilliseconds: number) => Promise<void> {
  const lent = new Set<PoolClient>();
  const pool = getPool(app);
  pool.on('acquire', (client) => lent.add(client));
  pool.on('release', (_error, client) => lent.delete(client));

  return async (withinMilliseconds) => {
    const impatience = setTimeout(() => {
      for (const client of lent) (client as unknown as PreparingClient).destroy();
    }, withinMilliseconds);
    await app.close();
    clearTimeout(impatience);
  };
}

/** TypeORM's driver does not type its pool. */
function getPool(app: INestApplication): Pool {
  return (app.get(DataSource).driver as unknown as { master: Pool }).master;
}

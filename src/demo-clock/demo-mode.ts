import type { EntityManager } from 'typeorm';
import { queryRow, queryRows } from '../core/sql.js';

/** Whether a service without the demo was the first on this database: it stays real then, whatever the next one's environment says. */
export async function isInRealUse(em: EntityManager): Promise<boolean> {
  const state = await queryRow<{ isReal: boolean }>(em, 'SELECT is_demo IS FALSE AS "isReal" FROM house_state');
  return state!.isReal;
}

/** Settles what the database is, where no service that started before has. */
export async function recordUse(em: EntityManager, demo: boolean): Promise<void> {
  await queryRows(em, 'UPDATE house_state SET is_demo = $1 WHERE is_demo IS NULL', [demo]);
}

import type { EntityManager } from 'typeorm';
import { oneRow, rows } from '../database/sql.js';

/** Whether a service without the demo was the first on this database: it stays real then, whatever the next one's environment says. */
export async function isInRealUse(em: EntityManager): Promise<boolean> {
  const state = await oneRow<{ isReal: boolean }>(em, 'SELECT is_demo IS FALSE AS "isReal" FROM house_state');
  return state!.isReal;
}

/** Settles what the database is, where no service that started before has. */
export async function settleUse(em: EntityManager, demo: boolean): Promise<void> {
  await rows(em, 'UPDATE house_state SET is_demo = $1 WHERE is_demo IS NULL', [demo]);
}

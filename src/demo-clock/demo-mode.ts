import type { EntityManager } from 'typeorm';
import { queryRow, queryRows, sql } from '../core/sql.js';

/** Whether a service without the demo was the first on this database. It stays in real use, whatever the environment says later. */
export async function isInRealUse(em: EntityManager): Promise<boolean> {
  const state = await queryRow<{ isReal: boolean }>(em, sql`SELECT is_demo IS FALSE AS "isReal" FROM house_state`);
  return state!.isReal;
}

/** Records whether the database is a demo or in real use, unless an earlier start has. */
export async function recordUse(em: EntityManager, demo: boolean): Promise<void> {
  await queryRows(em, sql`UPDATE house_state SET is_demo = ${demo} WHERE is_demo IS NULL`);
}

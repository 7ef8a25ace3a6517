import type { EntityManager } from 'typeorm';
import { queryRow, sql } from './sql.js';

/** The time of the database's clock; inside a transaction, when it began. */
export async function readDatabaseTime(em: EntityManager): Promise<Date> {
  return (await queryRow<{ now: Date }>(em, sql`SELECT now() AS now`))!.now;
}

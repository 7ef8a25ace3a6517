import type { EntityManager } from 'typeorm';
import { queryRows, sql } from '../core/sql.js';
import { textKeySql, toKeyPattern } from '../core/text-key-sql.js';

/**
 * The names of actors that contain the text. The audit log has millions of events and some dozens of names, so each name is found by
 * one look into the index, instead of reading every event.
 */
export async function readActorNames(em: EntityManager, text: string): Promise<string[]> {
  const found = await queryRows<{ name: string }>(
    em,
    sql`WITH RECURSIVE actor AS (
          SELECT min(actor_name) AS name FROM audit_event
          UNION ALL
          SELECT (SELECT min(actor_name) FROM audit_event WHERE actor_name > actor.name) FROM actor WHERE actor.name IS NOT NULL
        )
        SELECT name FROM actor WHERE ${textKeySql(sql`name`)} LIKE ${toKeyPattern(text)}`,
  );
  return found.map(({ name }) => name);
}

import type { EntityManager } from 'typeorm';
import { queryRows, sql } from '../core/sql.js';
import { SimilarTexts } from './similarity.js';

/** Every vertical that an account of the pool has or ever had. */
export async function readKnownVerticals(em: EntityManager): Promise<SimilarTexts> {
  const known = await queryRows<{ vertical: string }>(em, sql`SELECT vertical FROM known_vertical ORDER BY vertical`);
  return new SimilarTexts(known.map(({ vertical }) => vertical));
}

import type { EntityManager } from 'typeorm';

/**
 * Runs one statement and gives the rows it returns, whatever its kind: TypeORM's `query` answers UPDATE and DELETE in another shape.
 * @param text names its columns and aliases them as the caller wants to read them
 */
export async function queryRows<Row>(em: EntityManager, text: string, values: unknown[] = []): Promise<Row[]> {
  const runner = em.queryRunner ?? em.connection.createQueryRunner();
  try {
    const result = await runner.query(text, values, true);
    return result.records as Row[];
  } finally {
    if (!em.queryRunner) await runner.release();
  }
}

/** The one row of a statement, or `null`. */
export async function queryRow<Row>(em: EntityManager, text: string, values: unknown[] = []): Promise<Row | null> {
  return (await queryRows<Row>(em, text, values))[0] ?? null;
}

/** A pattern of LIKE for the text itself. */
export function toContainsPattern(text: string): string {
  return `%${escapeLike(text)}%`;
}

/** The text itself, where LIKE would read signs of its own. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

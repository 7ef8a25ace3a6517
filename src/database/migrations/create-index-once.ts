import type { QueryRunner } from 'typeorm';

/**
 * Makes an index unless an operator has made it beforehand with CONCURRENTLY, so that nobody waits for it (docs/decisions/028). One
 * that such a statement left invalid is made again.
 * @param on the table, columns and condition
 */
export async function createIndexOnce(db: QueryRunner, name: string, on: string): Promise<void> {
  await db.query(`
    DO $$ BEGIN
      IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('${name}') AND NOT indisvalid) THEN
        DROP INDEX ${name};
      END IF;
    END $$;
    CREATE INDEX IF NOT EXISTS ${name} ON ${on};
  `);
}

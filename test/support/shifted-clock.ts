import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';

/** A database whose clock a test sets. */
export interface ShiftedDatabase extends TestDatabase {
  /** For statements that run from now on. @param aheadMs of the server's clock */
  shift(aheadMs: number): Promise<void>;
}

/** Functions of ours take the place of PostgreSQL's, for every connection made after this. */
export async function createShiftedDatabase(): Promise<ShiftedDatabase> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    CREATE SCHEMA shifted;
    CREATE TABLE shifted.clock AS SELECT interval '0' AS ahead;
    CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
      AS $$ SELECT pg_catalog.clock_timestamp() + ahead FROM shifted.clock $$;
    CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE
      AS $$ SELECT pg_catalog.now() + ahead FROM shifted.clock $$;
    ALTER TABLE ledger_transfer ALTER COLUMN recorded_at SET DEFAULT shifted.clock_timestamp();
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = shifted, pg_catalog, public', current_database()); END $$`);
  return {
    url: database.url,
    shift: async (aheadMs) => {
      await client.query('UPDATE shifted.clock SET ahead = $1', [`${aheadMs} milliseconds`]);
    },
    drop: async () => {
      await client.end();
      await database.drop();
    },
  };
}

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import pg from 'pg';
import { migrate } from '../../../src/database/migrate.js';
import { migrations } from '../../../src/database/migrations/index.js';
import { dataSourceOptions } from '../../../src/database/options.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';

let database: TestDatabase;
let client: pg.Client;
const settings = () => ({ databaseUrl: database.url, preparedStatements: true });
beforeEach(async () => {
  database = await createEmptyDatabase('C');
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

async function migrateUpTo(name: string): Promise<void> {
  const earlier = migrations.slice(
    0,
    migrations.findIndex((migration) => migration.name.startsWith(name)),
  );
  const dataSource = await new DataSource({
    ...dataSourceOptions(settings(), 'test'),
    migrations: earlier,
  }).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

it.each([
  ['Sandboxes', 'lease_request'],
  ['SandboxClocks', 'lease'],
])('%s: locks no organization while it waits for %s and indexes it', async (name, table) => {
  await migrateUpTo(name);
  await client.query(`BEGIN; LOCK TABLE ${table} IN ROW EXCLUSIVE MODE`);
  const migrated = migrate(settings());
  const isWaiting = async () => {
    const waits = `SELECT FROM pg_locks WHERE relation = '${table}'::regclass AND NOT granted`;
    return (await client.query(waits)).rowCount === 1;
  };
  await until('the migration waits', isWaiting);
  const locked = await client.query('LOCK TABLE organization IN ROW SHARE MODE NOWAIT').then(
    () => 'locked',
    (error: pg.DatabaseError) => error.code,
  );
  await client.query('ROLLBACK');
  await migrated;
  expect(locked).toBe('locked');
});

it('runs a migration again that PostgreSQL ended as the victim of a deadlock, a few times', async () => {
  await migrateUpTo('SandboxClocks');
  const fail = (times: number) => `
    DROP SEQUENCE IF EXISTS tries; CREATE SEQUENCE tries;
    CREATE OR REPLACE FUNCTION deadlock() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('tries') <= ${times} THEN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END IF; END $$;`;
  await client.query(fail(100));
  await client.query(
    "CREATE EVENT TRIGGER deadlock ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION deadlock()",
  );
  await expect(migrate(settings())).rejects.toThrow('deadlock detected');
  await client.query(fail(2));
  expect((await migrate(settings()))[0]).toMatch(/^SandboxClocks/);
});

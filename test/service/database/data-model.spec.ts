import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { programEnvironment } from '../../support/program-environment.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function check(): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, ['scripts/draw-data-model.mjs', '--check'], {
    env: { ...programEnvironment, DATABASE_URL: database.url },
    encoding: 'utf8',
  });
}

async function change(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

describe('docs/data-model.md', () => {
  it('has every table of the migrated schema, and its picture every key', () => {
    expect(check()).toMatchObject({ status: 0, stderr: '' });
  });

  it('is told to be stale by a new key', async () => {
    await change('ALTER TABLE kept_day ADD COLUMN lease_id text REFERENCES lease (id)');
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run data-model') });
  });

  it('is told to be stale by a new table', async () => {
    await change('CREATE TABLE invoice (id text PRIMARY KEY)');
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('no row for the table invoice') });
  });
});

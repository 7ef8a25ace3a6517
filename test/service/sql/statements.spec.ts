import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { readStatements } from '../../support/sql/statements.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { statements, unread } = readStatements(root);
const isPlanned = (text: string) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|\()/i.test(text);

describe('every statement of the code', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('is read from the code', () => {
    // TypeORM composes the panel's lists from its entities; `test/http/admin/reading.spec.ts` asks them everything.
    expect(unread.filter((place) => !place.startsWith('src/admin/resources/read-only-resource.ts'))).toEqual([]);
    expect(statements.length).toBeGreaterThan(300);
  });

  it('is planned by PostgreSQL against the migrated schema', async () => {
    const refused: string[] = [];
    for (const { place, text } of statements.filter((statement) => isPlanned(statement.text))) {
      await client.query(`EXPLAIN (GENERIC_PLAN) ${text}`).catch((error: Error) => {
        refused.push(`${place}: ${error.message}\n${text}`);
      });
    }
    expect(refused).toEqual([]);
  });
});

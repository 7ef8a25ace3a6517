import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { listDocuments, readBlocks, toPlace } from '../../support/documents/blocks.js';

const blocks = listDocuments()
  .flatMap(readBlocks)
  .filter(({ language }) => language === 'sql');

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

async function readIndex(name: string): Promise<string> {
  const { rows } = await client.query<{ definition: string }>('SELECT pg_get_indexdef($1::regclass) AS definition', [
    name,
  ]);
  return rows[0]!.definition;
}

describe('The SQL of the documents', () => {
  it.each(blocks.map((block) => [toPlace(block), block.text]))(
    '%s runs, and its indexes are those of the migrations',
    async (_place, text) => {
      const names = [...text.matchAll(/CREATE INDEX CONCURRENTLY (\w+)/g)].map(([, name]) => name!);
      const migrated = await Promise.all(names.map(readIndex));
      for (const name of names) await client.query(`DROP INDEX ${name}`);
      for (const statement of text.split(';').filter((one) => one.trim() !== '')) await client.query(statement);
      expect(await Promise.all(names.map(readIndex))).toEqual(migrated);
    },
  );
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { revertLastMigration } from '../../../src/database/migrate.js';
import { migrations } from '../../../src/database/migrations/index.js';
import { dataSourceOptions } from '../../../src/database/options.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let dataSource: DataSource;
const settings = () => ({ databaseUrl: database.url, preparedStatements: true });

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = new DataSource(dataSourceOptions(settings(), 'test'));
  await dataSource.initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const readRan = async (): Promise<string[]> =>
  (await dataSource.query('SELECT name FROM migration ORDER BY id')).map(({ name }: { name: string }) => name);

it('names the migration that is reverted, also where one with a smaller number came later', async () => {
  const late = migrations.find(({ name }) => name.startsWith('RecordedAt'))!;
  await dataSource.query(
    "UPDATE migration SET id = nextval(pg_get_serial_sequence('migration', 'id')) WHERE name = $1",
    [late.name],
  );
  const before = await readRan();
  expect(await revertLastMigration(settings())).toBe(late.name);
  expect(await readRan()).toEqual(before.slice(0, -1));
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrate, revertLastMigration } from '../../../src/database/migrate.js';
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

it('takes an index that was made beforehand, and makes one again that was left invalid', async () => {
  const index = 'ledger_transfer_amount';
  const last = migrations.findIndex(({ name }) => name.startsWith('AmountsOfPayments'));
  const read = async () =>
    (
      await dataSource.query(
        'SELECT indexrelid AS oid, indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
        [index],
      )
    )[0];
  const made: { oid: number; valid: boolean } = await read();
  const [{ statement }] = await dataSource.query('SELECT pg_get_indexdef($1) AS statement', [made.oid]);
  for (const isLeftInvalid of [false, true]) {
    for (let n = migrations.length; n > last; n -= 1) await revertLastMigration(settings());
    expect(await read()).toBeUndefined();
    await dataSource.query(statement.replace('CREATE INDEX', 'CREATE INDEX CONCURRENTLY'));
    if (isLeftInvalid)
      await dataSource.query('UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass($1)', [index]);
    const before = await read();
    await migrate(settings());
    const after = await read();
    expect([after.valid, after.oid === before.oid]).toEqual([true, !isLeftInvalid]);
  }
});

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

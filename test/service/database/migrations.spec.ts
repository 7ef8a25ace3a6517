import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, MigrationExecutor } from 'typeorm';
import { dataSourceOptions } from '../../../src/database/options.js';
import { Sandboxes1767225600046 } from '../../../src/database/migrations/46-sandboxes.js';
import { migrations } from '../../../src/database/migrations/index.js';
import { SandboxWorker } from '../../../src/sandbox/sandbox-worker.js';
import { startTestApp } from '../../support/app.js';
import { aRequest, aRequestThatFits, topUp, type TestPartner } from '../../support/makers.js';
import { expectCleanBooks } from '../../support/ledger.js';
import { aSandbox } from '../../support/sandboxes.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let dataSource: DataSource;
let sandbox: TestPartner;

beforeAll(async () => {
  database = await createTestDatabase();
  const service = await startTestApp({}, database.url);
  const { partner } = await aRequestThatFits(service);
  sandbox = await aSandbox(service, partner);
  await aRequest(service, sandbox, { count: 2 });
  await service.app.get(SandboxWorker, { strict: false }).run();
  await aRequest(service, sandbox);
  await service.dataSource.query('UPDATE organization SET clock_ahead_ms = 3456000000 WHERE id = $1', [
    sandbox.organizationId,
  ]);
  await topUp(service, sandbox.organizationId, 700);
  await service.close();
  dataSource = new DataSource(dataSourceOptions({ databaseUrl: database.url, preparedStatements: true }, 'test'));
  await dataSource.initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Every column of ours with its type, default and nullability; every constraint, index, trigger, function and view; an extension's are not ours. */
async function schema(): Promise<string[]> {
  const found: { line: string }[] = await dataSource.query(`
    WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = 'public')
    SELECT format('%s %s.%s %s %s %s', relkind, relname, attname, format_type(atttypid, atttypmod), attnotnull,
                  pg_get_expr(adbin, adrelid)) AS line
      FROM pg_class JOIN ours ON ours.oid = relnamespace
      JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE relkind IN ('r', 'v') AND relname <> 'migration'
    UNION ALL
    SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
      FROM pg_constraint JOIN ours ON ours.oid = connamespace WHERE conrelid <> 'migration'::regclass
    UNION ALL
    SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migration'
    UNION ALL
    SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT format('function %s', proname) FROM pg_proc JOIN ours ON ours.oid = pronamespace
     WHERE NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT format('view %s %s', viewname, definition) FROM pg_views WHERE schemaname = 'public'
    ORDER BY line`);
  return found.map(({ line }) => line);
}

/** What is a sandbox's, by table. */
async function ofSandboxes() {
  const tables = ['organization', 'api_key', 'lease_request', 'lease', 'ledger_account', 'ledger_transfer'];
  const found = tables.map((table) => dataSource.query(`SELECT id FROM ${table} WHERE sandbox ORDER BY id`));
  return Object.fromEntries((await Promise.all(found)).map((rows, index) => [tables[index], rows]));
}

describe('The migrations', () => {
  it('to sandboxes can be taken back while there is one, which is apart again afterwards', async () => {
    const before = await ofSandboxes();
    expect([before.lease_request.length, before.lease.length, before.ledger_transfer.length]).toEqual([2, 2, 4]);
    const kept = migrations.indexOf(Sandboxes1767225600046);
    for (let back = migrations.length; back > kept; back -= 1) await dataSource.undoLastMigration();
    expect(await dataSource.runMigrations()).toHaveLength(migrations.length - kept);
    expect(await ofSandboxes()).toEqual(before);
    await expect(dataSource.query('DELETE FROM ledger_transfer')).rejects.toThrow('append-only');
    await expect(dataSource.query('UPDATE lease SET sandbox = false')).resolves.toBeDefined();
    expect(await ofSandboxes()).toEqual(before);

    const again = await startTestApp({}, database.url);
    try {
      await topUp(again, sandbox.organizationId, 300);
      await expectCleanBooks(again);
    } finally {
      await again.close();
    }
  });

  it('can be taken back one after the other, with data in the tables, and lead to the same schema again', async () => {
    const whole = await schema();
    expect(whole.length).toBeGreaterThan(100);
    for (let kept = migrations.length - 1; kept >= 0; kept -= 1) {
      await dataSource.undoLastMigration();
      await runNextMigration();
      await dataSource.undoLastMigration();
      // And all that follow, from some on the way.
      if (kept % 10 > 0) continue;
      if (kept === 0) {
        expect(await schema()).toEqual([]);
        expect(await dataSource.query('SELECT name FROM migration')).toEqual([]);
      }
      expect(await dataSource.runMigrations()).toHaveLength(migrations.length - kept);
      expect([kept, await schema()]).toEqual([kept, whole]);
      for (let back = migrations.length; back > kept; back -= 1) await dataSource.undoLastMigration();
    }
  });
});

async function runNextMigration(): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const executor = new MigrationExecutor(dataSource, runner);
    const [next] = await executor.getPendingMigrations();
    await executor.executeMigration(next!);
    await runner.commitTransaction();
  } finally {
    await runner.release();
  }
}

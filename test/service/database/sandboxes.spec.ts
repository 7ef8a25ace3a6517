import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrate } from '../../../src/database/migrate.js';
import { Sandboxes1767225600046 } from '../../../src/database/migrations/46-sandboxes.js';
import { migrations } from '../../../src/database/migrations/index.js';
import { dataSourceOptions } from '../../../src/database/options.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';

describe('The migration to sandboxes', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createEmptyDatabase('C');
    const settings = { databaseUrl: database.url, preparedStatements: true };
    const earlier = migrations.slice(0, migrations.indexOf(Sandboxes1767225600046));
    dataSource = await new DataSource({ ...dataSourceOptions(settings, 'test'), migrations: earlier }).initialize();
    await dataSource.runMigrations();
    await dataSource.query(`
      INSERT INTO organization (id, name, created_at) VALUES ('org_real', 'Brew Media', now());
      INSERT INTO ledger_account (id, kind, organization_id, balance_cents, owed_cents, wallet_seq)
        VALUES ('wallet:org_real', 'wallet', 'org_real', 0, 0, 0);
      INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at, revoked_at) VALUES
        ('key_live', 'org_real', 'Live', '0000000000000000', sha256('a'), 'live', '{}', 'pilot', now(), NULL),
        ('key_test', 'org_real', 'Test', '0000000000000001', sha256('b'), 'test', '{}', 'pilot', now(), NULL),
        ('key_gone', 'org_real', 'Gone', '0000000000000002', sha256('c'), 'test', '{}', 'standard', now(), '2026-01-01');`);
    await migrate(settings);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('revokes the test keys of partners, which stay as they are, and leaves live ones alone', async () => {
    const keys = await dataSource.query(
      `SELECT id, tier, revoked_at IS NOT NULL AS revoked, revoked_at < '2026-02-01' AS before FROM api_key ORDER BY id`,
    );
    expect(keys).toEqual([
      { id: 'key_gone', tier: 'standard', revoked: true, before: true },
      { id: 'key_live', tier: 'pilot', revoked: false, before: null },
      { id: 'key_test', tier: 'standard', revoked: true, before: false },
    ]);
    const events = await dataSource.query('SELECT type, organization_id, object_id, actor_kind FROM audit_event');
    expect(events).toEqual([
      { type: 'api_key.revoked', organization_id: 'org_real', object_id: 'key_test', actor_kind: 'system' },
    ]);
    await dataSource.query(`UPDATE api_key SET last_used_at = now(), name = 'Still' WHERE id = 'key_test'`);
  });

  it('takes no other from then on', async () => {
    await expect(
      dataSource.query(
        `INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
         VALUES ('key_new', 'org_real', 'New', '0000000000000003', sha256('d'), 'test', '{}', 'standard', now())`,
      ),
    ).rejects.toThrow('api_key_env_of_organization');
  });

  it('leaves what is there on the side of what is real', async () => {
    const accounts = await dataSource.query('SELECT id, sandbox FROM ledger_account ORDER BY id');
    expect(accounts.filter(({ sandbox }: { sandbox: boolean }) => sandbox).map(({ id }: { id: string }) => id)).toEqual(
      [...['sandbox_adjustments', 'sandbox_funding', 'sandbox_revenue']],
    );
  });
});

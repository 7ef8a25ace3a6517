import fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LedgerVerificationJob } from '../../../src/accounting/ledger-verification.job.js';
import { MonthCloseService } from '../../../src/accounting/month-close.service.js';
import { toMonth } from '../../../src/core/months.js';
import { Pruner } from '../../../src/core/pruner.js';
import { migrate, revertLastMigration } from '../../../src/database/migrate.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';
import { expectCleanBooks, setClock, transfersOf } from '../../support/ledger.js';
import { aPartner, aStaffMember, anAccount, theSystem } from '../../support/makers.js';

const script = fs.readFileSync('docs/operations/roles.sql', 'utf8');
const PASSWORD = 'for tests';

let database: TestDatabase;
let operator: pg.Client;
beforeAll(async () => {
  database = await createEmptyDatabase('C');
  operator = new pg.Client({ connectionString: database.url });
  await operator.connect();
});
afterAll(async () => {
  await operator.end();
  await database.drop();
});

function urlOf(role: 'owner' | 'runtime'): string {
  const url = new URL(database.url);
  url.username = `lease_console_${role}`;
  url.password = PASSWORD;
  return url.href;
}
const settingsOf = (role: 'owner' | 'runtime') => ({ databaseUrl: urlOf(role), preparedStatements: true });

async function setRolesUp(): Promise<void> {
  await operator.query(script);
  for (const role of ['owner', 'runtime']) {
    await operator.query(`ALTER ROLE lease_console_${role} PASSWORD '${PASSWORD}'`);
  }
}

describe('docs/operations/roles.sql', () => {
  it('lets the owner migrate and the runtime serve, which can change neither transfers nor the audit log', async () => {
    await setRolesUp();
    await expect(migrate(settingsOf('runtime'))).rejects.toThrow();
    expect((await migrate(settingsOf('owner'))).length).toBeGreaterThan(30);
    await setRolesUp();
    expect(await migrate(settingsOf('runtime'))).toEqual([]);

    const service = await startTestApp({}, urlOf('runtime'));
    try {
      await work(service);
      await refuse(service);
    } finally {
      await service.close();
    }
  });

  it('gives the runtime what later migrations make, and tells it to leave them to the owner', async () => {
    for (let name: string | null = ''; !name?.startsWith('StaffAlerts');) {
      name = await revertLastMigration(settingsOf('owner'));
    }
    await expect(migrate(settingsOf('runtime'))).rejects.toThrow(
      /^A migration is pending that the role of DATABASE_URL may not make: run npm run migrate up as the role that owns/,
    );
    await migrate(settingsOf('owner'));
    const service = await startTestApp({}, urlOf('runtime'));
    await service.close();
    const { rows } = await operator.query<{ table: string }>(
      `SELECT relname AS "table" FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
          AND NOT (has_table_privilege('lease_console_runtime', oid, 'INSERT') AND has_table_privilege('lease_console_runtime', oid, 'UPDATE')
                   AND has_table_privilege('lease_console_runtime', oid, 'DELETE'))
        ORDER BY 1`,
    );
    expect(rows.map(({ table }) => table)).toEqual(['audit_event', 'ledger_transfer', 'migration']);
    const {
      rows: [execute],
    } = await operator.query(
      `SELECT has_function_privilege('lease_console_runtime', 'lock_transfers()', 'EXECUTE') AS runtime,
              has_function_privilege('pg_monitor', 'lock_transfers()', 'EXECUTE') AS others`,
    );
    expect(execute).toEqual({ runtime: true, others: false });
  });

  it('takes over a database that one role has owned so far', async () => {
    const owned = new URL(database.url).username;
    await operator.query(`REASSIGN OWNED BY lease_console_owner TO "${owned}"`);
    await setRolesUp();
    const { rows } = await operator.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S') AND relowner <> 'lease_console_owner'::regrole`,
    );
    expect(rows).toEqual([]);
    await revertLastMigration(settingsOf('owner'));
    await migrate(settingsOf('owner'));
  });
});

const inAMonth = () => new Date(Date.now() + 32 * 86_400_000);

/** A request, an assignment, a renewal, a release, a verification, a month close, and what is deleted when its time is over. */
async function work(service: TestApp): Promise<void> {
  const now = new Date();
  const partner = await aPartner(service, { walletCents: 100_000 });
  const account = await anAccount(service);
  const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } };
  const path = `/v1/projects/${partner.projectId}/leased-accounts/request`;
  const headers = { 'idempotency-key': randomUUID() };
  expect((await call(service, 'POST', path, { key: partner.apiKey, body, headers })).status).toBe(202);
  expect((await call(service, 'GET', '/readyz')).status).toBe(200);
  const [{ id: leaseRequestId }] = await service.dataSource.query('SELECT id FROM lease_request');
  const staff = await aStaffMember(service, 'operator');
  const fulfillment = service.app.get(FulfillmentService, { strict: false });
  await fulfillment.assign(staff, { leaseRequestId, socialAccountId: account.id });
  setClock(service, inAMonth());
  await service.app.get(RenewalsService, { strict: false }).run(theSystem());
  expect(await transfersOf(service, partner.organizationId, 'lease_renewal')).toBe(1);
  await service.dataSource.query("UPDATE idempotency_record SET created_at = now() - interval '2 days'");
  await service.dataSource.query(
    "UPDATE event SET recorded_at = now() - interval '31 days', sequence = recorded_order",
  );
  await service.app.get(Pruner, { strict: false }).prune();
  expect(await service.dataSource.query('SELECT FROM idempotency_record')).toEqual([]);
  expect(await service.dataSource.query('SELECT FROM event')).toEqual([]);
  const released = await call(service, 'DELETE', `/v1/leased-accounts/${account.id}`, { key: partner.apiKey });
  expect(released.status).toBe(200);
  expect(await service.app.get(LedgerVerificationJob, { strict: false }).verifyWhenDue()).toBe(true);
  await closeTheMonth(service, now);
  await expectCleanBooks(service);
}

async function closeTheMonth(service: TestApp, at: Date): Promise<void> {
  const finance = await aStaffMember(service, 'finance');
  const closed = await service.app.get(MonthCloseService, { strict: false }).close(finance, { month: toMonth(at) });
  expect(closed.closedBefore).toBe(false);
}

async function refuse(service: TestApp): Promise<void> {
  for (const statement of [
    'UPDATE ledger_transfer SET amount_cents = 1',
    'DELETE FROM ledger_transfer',
    'TRUNCATE ledger_transfer CASCADE',
    'ALTER TABLE ledger_transfer DISABLE TRIGGER ALL',
    'UPDATE audit_event SET actor_name = actor_name',
    'DELETE FROM audit_event',
    'TRUNCATE audit_event',
    'ALTER TABLE audit_event DISABLE TRIGGER ALL',
    'DROP TABLE audit_event',
    'DELETE FROM migration',
    'CREATE TABLE public.mine (id text)',
    "SET session_replication_role = 'replica'",
  ]) {
    await expect(
      service.dataSource.query(statement).catch((error) => Promise.reject(error.driverError.code)),
    ).rejects.toBe('42501');
  }
}

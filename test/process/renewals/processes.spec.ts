import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BATCH_SIZE } from '../../../src/renewals/renewal-batch.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, outcomes } from '../../support/ledger.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { theSystem, topUp } from '../../support/makers.js';
import { newDataDir, ServiceProcess, stopServices, clearUpServices, until } from '../../support/service-process.js';
import { renewals } from '../../service/renewals/leases.js';
import { manyDue } from '../../service/renewals/many-leases.js';

const LEASES = 4 * BATCH_SIZE;
const LONG_MS = 120_000;
jest.setTimeout(2 * LONG_MS);
const secrets = {
  SESSION_SECRET: 'a session secret for tests, long enough',
  SECRETS_KEYS: 'an encryption key for tests that is long enough',
};

describe('renewals of a process of their own', () => {
  let database: TestDatabase;
  /** Has no workers. */
  let desk: TestApp;
  let organizationId: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    desk = await startTestApp({}, database.url);
    // Each booking takes its time, so that there is a middle to be met.
    await desk.dataSource.query(
      `CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END $$;
       CREATE TRIGGER take_time BEFORE INSERT ON ledger_transfer FOR EACH ROW WHEN (NEW.kind = 'lease_renewal') EXECUTE FUNCTION take_time()`,
    );
  });
  afterAll(async () => {
    await clearUpServices();
    await desk.close();
    await database.drop();
  });
  beforeEach(async () => {
    organizationId = await manyDue(desk, LEASES, 1);
  });
  afterEach(stopServices);

  const aProcess = () =>
    ServiceProcess.begin({ DATA_DIR: newDataDir(), DATABASE_URL: database.url, LOG_LEVEL: 'fatal', ...secrets });
  const charged = async (): Promise<number> => {
    const [{ n }] = await desk.dataSource.query(
      "SELECT count(*) AS n FROM ledger_transfer WHERE organization_id = $1 AND kind = 'lease_renewal'",
      [organizationId],
    );
    return n;
  };
  /** Resolves when a batch has been committed and the next one is being booked. */
  const inTheMiddle = (service: ServiceProcess) =>
    until(
      'a batch is being booked',
      async () => {
        if (service.hasEnded) throw new Error(service.complaints);
        const [{ n }] = await desk.dataSource.query(
          `SELECT count(*) AS n FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep' AND query LIKE '%INSERT INTO ledger_transfer%'`,
        );
        return n > 0 && (await charged()) > 0;
      },
      LONG_MS,
    );
  async function expectOneChargeEach() {
    expect(await charged()).toBe(LEASES);
    const [{ n }] = await desk.dataSource.query(
      `SELECT count(DISTINCT lease_id) AS n FROM ledger_transfer WHERE organization_id = $1 AND kind = 'lease_renewal'`,
      [organizationId],
    );
    expect(n).toBe(LEASES);
    await expectCleanBooks(desk);
  }

  it('finish the transaction under way on SIGTERM and take nothing new; another process does the rest', async () => {
    const service = await aProcess();
    await inTheMiddle(service);
    const before = await charged();
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    const after = await charged();
    expect(after).toBeGreaterThan(before);
    expect(after % BATCH_SIZE).toBe(0);
    expect(after).toBeLessThan(LEASES);
    expect(await renewals(desk).run(theSystem())).toEqual({ charged: LEASES - after, pastDue: 0, disconnected: 0 });
    await expectOneChargeEach();
  });

  it('lose nothing and charge nothing twice when killed in the middle of it, beside another run', async () => {
    const service = await aProcess();
    await inTheMiddle(service);
    const run = renewals(desk).run(theSystem());
    service.kill('SIGKILL');
    await service.ended;
    await run;
    await expectOneChargeEach();
  });

  it('stop in the middle when money is frozen, and go on after the thaw', async () => {
    const service = await aProcess();
    await inTheMiddle(service);
    const freeze = desk.app.get(MoneyFreeze, { strict: false });
    await freeze.freeze(theSystem(), { reason: 'the bank called' });
    const frozenAt = await charged();
    expect(frozenAt % BATCH_SIZE).toBe(0);
    expect(frozenAt).toBeLessThan(LEASES);
    expect((await outcomes([renewals(desk).run(theSystem())])).refused).toEqual(['money_frozen']);
    await topUp(desk, organizationId, 100);
    expect(await charged()).toBe(frozenAt);
    await freeze.thaw(theSystem());
    await until('all are renewed', async () => (await charged()) === LEASES, LONG_MS);
    await expectOneChargeEach();
  });
});

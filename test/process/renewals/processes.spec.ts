import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { BATCH_SIZE } from '../../../src/renewals/renewal-batch.js';
import { MoneyFreeze } from '../../../src/wallets/money-freeze.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, outcomes } from '../../support/ledger.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { theSystem, topUp } from '../../support/makers.js';
import { newDataDir, ServiceProcess, stopServices, clearUpServices } from '../../support/service-process.js';
import { until } from '../../support/until.js';
import { renewals } from '../../service/renewals/leases.js';
import { manyDue } from '../../service/renewals/many-leases.js';

const LEASES = 3 * BATCH_SIZE;
const GATE = 4_711;
const LONG_MS = 120_000;
jest.setTimeout(2 * LONG_MS);
const secrets = {
  SESSION_SECRET: 'a session secret for tests and long enough',
  SECRETS_KEYS: 'an encryption key for tests that is long enough',
};

describe('renewals of a process of their own', () => {
  let database: TestDatabase;
  /** Has no workers. */
  let desk: TestApp;
  let organizationId: string;
  /** Holds up the second batch. */
  let gate: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    desk = await startTestApp({}, database.url);
    await desk.dataSource.query(
      `CREATE SEQUENCE renewals_booked;
       CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF nextval('renewals_booked') = ${BATCH_SIZE + 10} THEN PERFORM pg_advisory_xact_lock_shared(${GATE}); END IF;
         RETURN NEW;
       END $$;
       CREATE TRIGGER wait_at_gate BEFORE INSERT ON ledger_transfer FOR EACH ROW WHEN (NEW.kind = 'lease_renewal') EXECUTE FUNCTION wait_at_gate()`,
    );
    gate = new pg.Client({ connectionString: database.url });
    await gate.connect();
  });
  afterAll(async () => {
    await clearUpServices();
    await gate.end();
    await desk.close();
    await database.drop();
  });
  beforeEach(async () => {
    organizationId = await manyDue(desk, LEASES, 1);
    await gate.query(`SELECT setval('renewals_booked', 1, false), pg_advisory_lock(${GATE})`);
  });
  afterEach(async () => {
    await gate.query('SELECT pg_advisory_unlock_all()');
    await stopServices();
  });

  const openGate = () => gate.query('SELECT pg_advisory_unlock_all()');
  const aProcess = () =>
    ServiceProcess.begin({ DATA_DIR: newDataDir(), DATABASE_URL: database.url, LOG_LEVEL: 'fatal', ...secrets });
  const charged = async (): Promise<number> => {
    const [{ n }] = await desk.dataSource.query(
      "SELECT count(*) AS n FROM ledger_transfer WHERE organization_id = $1 AND kind = 'lease_renewal'",
      [organizationId],
    );
    return n;
  };
  /** Resolves when a batch has been committed and the next one waits at the gate. */
  const inTheMiddle = async (service: ServiceProcess) => {
    await until(
      'the second batch is being booked',
      async () => {
        if (service.hasEnded) throw new Error(service.stdout);
        const { rowCount } = await gate.query(
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted",
          [GATE],
        );
        return rowCount! > 0;
      },
      LONG_MS,
    );
    expect(await charged()).toBe(BATCH_SIZE);
  };
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
    const stopped = service.stop();
    await until('it takes no more calls', () =>
      fetch(service.origin).then(
        () => false,
        () => true,
      ),
    );
    await openGate();
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(await charged()).toBe(2 * BATCH_SIZE);
    expect(await renewals(desk).run(theSystem())).toEqual({ charged: BATCH_SIZE, pastDue: 0, disconnected: 0 });
    await expectOneChargeEach();
  });

  it('lose nothing and charge nothing twice when killed in the middle of it, beside another run', async () => {
    const service = await aProcess();
    await inTheMiddle(service);
    const run = renewals(desk).run(theSystem());
    service.kill('SIGKILL');
    await service.ended;
    await openGate();
    await run;
    await expectOneChargeEach();
  });

  it('stop in the middle when money is frozen, and go on after the thaw', async () => {
    const service = await aProcess();
    await inTheMiddle(service);
    const freezing = desk.app.get(MoneyFreeze, { strict: false }).freeze(theSystem(), { reason: 'the bank called' });
    await until('the freeze waits for the batch', async () => {
      const { rowCount } = await gate.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid <> $1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [GATE],
      );
      return rowCount! > 0;
    });
    await openGate();
    await freezing;
    const frozenAt = await charged();
    expect(frozenAt).toBe(2 * BATCH_SIZE);
    expect((await outcomes([renewals(desk).run(theSystem())])).refused).toEqual(['money_frozen']);
    await topUp(desk, organizationId, 100);
    expect(await charged()).toBe(frozenAt);
    await desk.app.get(MoneyFreeze, { strict: false }).thaw(theSystem());
    await until('all are renewed', async () => (await charged()) === LEASES, LONG_MS);
    await expectOneChargeEach();
  });
});

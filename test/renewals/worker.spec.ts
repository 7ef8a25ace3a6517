import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MovableClock } from '../../src/movable-clock/movable-clock.service.js';
import { RenewalWorker } from '../../src/renewals/renewal-worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { balanceOf, expectCleanBooks, setClock } from '../support/books.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { theSystem, topUp } from '../support/makers.js';
import { startProcess, type ServiceProcess } from '../support/processes.js';
import { until } from '../support/service-process.js';
import { aLessee, leaseState, monthsCharged, releaseAll, renewals } from './leases.js';

describe('the worker of renewals', () => {
  let database: TestDatabase;
  /** Has no workers; its clock goes as the test says. */
  let desk: TestApp;
  beforeAll(async () => {
    database = await createTestDatabase();
    desk = await startTestApp({ demo: true }, database.url);
  });
  afterAll(async () => {
    await desk.close();
    await database.drop();
  });

  it('renews by itself what falls due, and pays at once after a top-up', async () => {
    const now = Date.now();
    const at = new Date(now - 40 * 86_400_000).toISOString();
    const { partner, leaseIds } = await aLessee(desk, 0, at);
    setClock(desk, new Date(now));
    const working = await startTestApp({ workers: true }, database.url);
    try {
      await until('the lease is past due', async () => (await leaseState(desk, leaseIds[0]!)).status === 'past_due');
      await topUp(working, partner.organizationId, 15_000);
      await until('the month is paid', async () => (await monthsCharged(desk, leaseIds[0]!)).length === 2, 3_000);
      expect((await leaseState(desk, leaseIds[0]!)).status).toBe('active');

      const worker = working.app.get(RenewalWorker, { strict: false });
      await worker.stop();
      const { leaseIds: later } = await aLessee(desk, 15_000, at);
      setClock(desk, new Date(now));
      worker.tick();
      await worker.stop();
      expect(await monthsCharged(desk, later[0]!)).toHaveLength(1);
    } finally {
      await working.close();
      await releaseAll(desk);
    }
    await expectCleanBooks(desk);
  });

  it('finds a top-up that another process booked without workers', async () => {
    const at = new Date(Date.now() - 40 * 86_400_000).toISOString();
    const { partner, leaseIds } = await aLessee(desk, 0, at);
    setClock(desk, new Date());
    await renewals(desk).run(theSystem());
    expect((await leaseState(desk, leaseIds[0]!)).status).toBe('past_due');
    const working = await startTestApp({ workers: true }, database.url);
    try {
      await topUp(desk, partner.organizationId, 15_000);
      await until('the month is paid', async () => (await monthsCharged(desk, leaseIds[0]!)).length === 2, 5_000);
    } finally {
      await working.close();
      await releaseAll(desk);
    }
  });

  it('changes nothing in the books when two processes race and one of them is killed', async () => {
    const months = 14;
    const began = Date.now() - 3 * 365 * 86_400_000;
    const lessees: Awaited<ReturnType<typeof aLessee>>[] = [];
    for (let n = 0; n < 12; n += 1) {
      const at = Array.from({ length: 6 }, (_, day) => new Date(began + (n + day) * 86_400_000).toISOString());
      lessees.push(await aLessee(desk, 6 * months * 15_000, ...at));
    }
    setClock(desk, new Date());
    const killed: ServiceProcess = await startProcess(database.url, { workers: true });
    const other = await startProcess(database.url, { workers: true });
    try {
      await until('the catching up has begun', async () => {
        const [{ n }] = await desk.dataSource.query(
          'SELECT count(*) AS n FROM ledger_transfer WHERE lease_id = ANY ($1)',
          [lessees.flatMap(({ leaseIds }) => leaseIds)],
        );
        return n > 72;
      });
      await killed.stop();
      // The wallets pay for 14 more months of each lease; the third year leaves them dry.
      await until('every lease is past due', async () => {
        const [{ n }] = await desk.dataSource.query("SELECT count(*) AS n FROM lease WHERE status = 'past_due'");
        return n === 72;
      });
    } finally {
      await other.stop();
    }
    for (const { partner, leaseIds } of lessees) {
      expect(await balanceOf(desk, partner.organizationId)).toBe(0);
      const charged = await Promise.all(leaseIds.map((id) => monthsCharged(desk, id)));
      expect(charged.map(({ length }) => length)).toEqual(leaseIds.map(() => months + 1));
    }
    await expectCleanBooks(desk);
    await releaseAll(desk);
  });

  it('follows the demo’s clock within a second', async () => {
    const at = new Date().toISOString();
    const { leaseIds } = await aLessee(desk, 15_000, at);
    setClock(desk, new Date());
    const working = await startTestApp({ workers: true, demo: true }, database.url);
    try {
      await desk.app.get(MovableClock, { strict: false }).set(theSystem(), {
        to: new Date(Date.now() + 31 * 86_400_000).toISOString(),
      });
      await until('the month has passed', async () => (await monthsCharged(desk, leaseIds[0]!)).length === 2, 3_000);
    } finally {
      await working.close();
    }
  });
});

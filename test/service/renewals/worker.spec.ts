import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Transactions } from '../../../src/core/transactions.js';
import { DemoClock } from '../../../src/demo-clock/demo-clock.service.js';
import { RenewalWorker } from '../../../src/renewals/renewal-worker.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks, setClock } from '../../support/ledger.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { theSystem, topUp } from '../../support/makers.js';
import { until } from '../../support/until.js';
import { aLessee, leaseState, monthsCharged, releaseAll, renewals } from './leases.js';

const LONG_MS = 60_000;

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
      await until(
        'the lease is past due',
        async () => (await leaseState(desk, leaseIds[0]!)).status === 'past_due',
        LONG_MS,
      );
      await topUp(working, partner.organizationId, 15_000);
      await until('the month is paid', async () => (await monthsCharged(desk, leaseIds[0]!)).length === 2, LONG_MS);
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
      await until('the month is paid', async () => (await monthsCharged(desk, leaseIds[0]!)).length === 2, LONG_MS);
    } finally {
      await working.close();
      await releaseAll(desk);
    }
  });

  it('does nothing by itself where workers are switched off', async () => {
    const at = new Date(Date.now() - 40 * 86_400_000).toISOString();
    const { partner, leaseIds } = await aLessee(desk, 0, at);
    setClock(desk, new Date());
    await renewals(desk).run(theSystem());
    await topUp(desk, partner.organizationId, 15_000);
    await desk.app.get(Transactions, { strict: false }).idle();
    expect((await leaseState(desk, leaseIds[0]!)).status).toBe('past_due');
    expect(desk.app.get(SchedulerRegistry, { strict: false }).getIntervals()).toEqual([]);
    await releaseAll(desk);
  });

  it('follows the demo’s clock within a second', async () => {
    const at = new Date().toISOString();
    const { leaseIds } = await aLessee(desk, 15_000, at);
    setClock(desk, new Date());
    const working = await startTestApp({ workers: true, demo: true }, database.url);
    try {
      await desk.app.get(DemoClock, { strict: false }).set(theSystem(), {
        to: new Date(Date.now() + 31 * 86_400_000).toISOString(),
      });
      await until('the month has passed', async () => (await monthsCharged(desk, leaseIds[0]!)).length === 2, LONG_MS);
    } finally {
      await working.close();
    }
  });
});

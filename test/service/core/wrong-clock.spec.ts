import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { expectCleanBooks, resetClock } from '../../support/ledger.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { startProcess, type ServiceProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { aLessee, monthsCharged } from '../renewals/leases.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let database: TestDatabase;
/** Has a right clock and no workers. */
let desk: TestApp;
let wrong: ServiceProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  desk = await startTestApp({}, database.url);
});
afterEach(() => wrong.stop());
afterAll(async () => {
  await desk.close();
  await database.drop();
});

const submit = async (partner: TestPartner) => {
  const { projectId } = partner;
  const body = { projectId, count: 1, niche: { vertical: 'coffee' } };
  const path = `/v1/projects/${projectId}/leased-accounts/request`;
  return (await call(wrong, 'POST', path, { key: partner.apiKey, body })).body as {
    requestId: string;
    submittedAt: string;
  };
};

describe('a process whose wall clock is wrong', () => {
  it('charges nothing early when it is 32 days ahead, and works as soon as it is right', async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
    const { leaseIds: due } = await aLessee(desk, 15_000, daysAgo(40));
    const { partner, leaseIds: notDue } = await aLessee(desk, 15_000, daysAgo(10));
    resetClock(desk);
    wrong = await startProcess(database.url, { workers: true }, 32 * DAY_MS);
    const { status, body } = await call(wrong, 'GET', '/readyz');
    expect(status).toBe(503);
    expect(body.error).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'Not ready: this machine’s clock is 32 days ahead of the database’s.',
    });
    const before = Date.now();
    const { submittedAt } = await submit(partner);
    expect(Math.abs(Date.parse(submittedAt) - before)).toBeLessThan(MINUTE_MS);

    wrong.setWallClock(0);
    await until('it is ready', async () => (await call(wrong, 'GET', '/readyz')).status === 200);
    // Its worker takes turns among all partners with something due, so it has looked at both.
    await until('what is due is charged', async () => (await monthsCharged(desk, due[0]!)).length === 2);
    expect(await monthsCharged(desk, notDue[0]!)).toHaveLength(1);
    await expectCleanBooks(desk);
  });

  it('hides nothing from updatedSince when it is ten minutes behind', async () => {
    const partner = await aPartner(desk);
    wrong = await startProcess(database.url, {}, -10 * MINUTE_MS);
    const list = async (service: { baseUrl: string }, query = '') =>
      (await call(service, 'GET', `/v1/leased-accounts/requests${query}`, { key: partner.apiKey })).body as {
        items: { requestId: string }[];
        asOf: string;
      };
    const { asOf } = await list(desk);
    const { requestId } = await submit(partner);
    const { items } = await list(desk, `?updatedSince=${asOf}`);
    expect(items.map((item) => item.requestId)).toEqual([requestId]);
    const { items: seen } = await list(desk, `?updatedSince=${(await list(wrong)).asOf}`);
    expect(seen).toHaveLength(1);
  });
});

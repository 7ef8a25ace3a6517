import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agent } from '../../support/agent.js';
import { ClockSync } from '../../../src/core/clock-sync.js';
import { startLoggedApp, startTestApp, type LogLine, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { aRequestThatFits } from '../../support/makers.js';
import { createShiftedDatabase, type ShiftedDatabase } from '../../support/shifted-clock.js';
import { aColleague, signedIn, signIn } from './panel.js';

const DAY_MS = 86_400_000;

/** The database's clock is 32 days ahead of this machine's: it is as if the machine were 32 days behind. */
describe('a machine whose clock is wrong', () => {
  let database: ShiftedDatabase;
  let service: TestApp;
  beforeAll(async () => {
    database = await createShiftedDatabase();
    await database.shift(32 * DAY_MS);
    service = await startTestApp({}, database.url);
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  /** How many seconds are left, by the database's clock. */
  const secondsLeft = async (expiry: string, from: string): Promise<number> =>
    (await service.dataSource.query(`SELECT ${expiry} - extract(epoch FROM now())::float8 AS seconds FROM ${from}`))[0]
      .seconds;

  it('ends sessions by the database’s clock', async () => {
    const viewer = await signedIn(service, 'viewer');
    const left = await secondsLeft(
      "extract(epoch FROM expire AT TIME ZONE current_setting('TimeZone'))",
      'staff_session',
    );
    expect(left).toBeGreaterThan(12 * 3_600 - 60);
    expect(left).toBeLessThanOrEqual(12 * 3_600 + 1);
    expect((await viewer.get('/pages/renewals')).status).toBe(200);
  });

  it('counts sign-ins by the database’s clock', async () => {
    await service.dataSource.query('DELETE FROM sign_in_attempt');
    const { email } = await aColleague(service, 'viewer');
    const browser = agent(service.baseUrl);
    let text = '';
    for (let attempt = 0; attempt < 6; attempt += 1) ({ text } = await signIn(browser, { email, password: 'wrong' }));
    const left = await secondsLeft('expire / 1000.0', "sign_in_attempt WHERE key LIKE 'pair:%'");
    expect(left).toBeGreaterThan(14 * 60);
    expect(left).toBeLessThanOrEqual(15 * 60 + 1);
    expect(text).toContain('Try again in 15 minutes');
  });

  it('counts failed keys by the database’s clock', async () => {
    expect(
      (await call(service, 'GET', '/v1/whoami', { key: `lp_live_${'0'.repeat(16)}_${'x'.repeat(43)}` })).status,
    ).toBe(401);
    const left = await secondsLeft('expire / 1000.0', 'failed_authentication');
    expect(left).toBeGreaterThan(50);
    expect(left).toBeLessThanOrEqual(61);
  });
});

/** Business time does not follow: whoever writes would date it an hour ahead. */
describe('while the database’s clock has jumped back', () => {
  let database: ShiftedDatabase;
  let service: TestApp & { log: LogLine[] };
  beforeAll(async () => {
    database = await createShiftedDatabase();
    service = await startLoggedApp({}, database.url);
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  it('staff can sign in, read and export, and change nothing', async () => {
    const finance = await signedIn(service, 'finance');
    const { request, account } = await aRequestThatFits(service);
    const operator = await signedIn(service, 'operator');
    const sync = service.app.get(ClockSync, { strict: false });
    await database.shift(-3_600_000);
    await sync.sync();

    const assign = () => operator.act('lease-requests', request.id, 'assign', { socialAccountId: account.id });
    const refused = await assign();
    expect(refused.status).toBe(503);
    expect(refused.notice!.message).toMatch(/^Nothing can be changed for now/);
    const line = service.log.find(({ requestId, res }) => res && requestId === refused.requestId);
    expect(line).toMatchObject({ cause: expect.stringContaining('jumped 60 minutes back') });
    expect((await operator.get('/pages/queue')).status).toBe(200);
    expect((await finance.browser.get('/admin/api/exports/wallets')).status).toBe(200);
    expect((await signIn(agent(service.baseUrl), operator)).status).toBe(302);

    await database.shift(0);
    await sync.sync();
    expect((await assign()).status).toBe(200);
  });
});

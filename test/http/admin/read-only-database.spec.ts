import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aRequestThatFits } from '../../support/makers.js';
import { everything, signedIn, signIn, type Person } from './panel.js';

describe('While the database is read-only', () => {
  let database: TestDatabase;
  let server: pg.Client;
  let service: TestApp;
  let operator: Person;
  const name = () => new URL(database.url).pathname.slice(1);

  beforeAll(async () => {
    database = await createTestDatabase();
    server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL!.replace(/\/[^/]*$/, '/postgres') });
    await server.connect();
    service = await startTestApp({}, database.url);
    operator = await signedIn(service, 'operator');
  });
  afterAll(async () => {
    await service.close();
    await server.end();
    await database.drop();
  });

  it('the panel says so to who changes something or signs in, and goes on when it is over', async () => {
    const { request, account } = await aRequestThatFits(service);
    const before = await everything(service);
    const assign = () => operator.act('lease-requests', request.id, 'assign', { socialAccountId: account.id });
    await server.query(`ALTER DATABASE ${name()} SET default_transaction_read_only = on`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name()]);
    const refused = await eventually(async () => {
      const answer = await assign();
      return answer.status === 503 ? answer : null;
    });
    expect(refused.body).toMatchObject({ notice: { type: 'error', message: expect.stringContaining('try again') } });
    expect([200, 503]).toContain((await operator.get('/pages/queue')).status);
    expect([200, 503]).toContain((await operator.browser.get('/admin')).status);
    expect((await signIn(operator.browser, operator)).status).toBe(503);

    await server.query(`ALTER DATABASE ${name()} RESET default_transaction_read_only`);
    expect(await eventually(async () => ((await assign()).status === 200 ? true : null))).toBe(true);
    expect(await everything(service)).not.toBe(before);
  });
});

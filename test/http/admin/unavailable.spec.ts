import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, useShippedTimeouts, useTestTimeouts, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aRequestThatFits } from '../../support/makers.js';
import { startProxy, type Proxy } from '../../support/proxy.js';
import { everything, signedIn, signIn, type Person } from './panel.js';
import { timed } from '../../support/timed.js';

let database: TestDatabase;
let proxy: Proxy;
let service: TestApp;
let direct: TestApp;
let operator: Person;

beforeAll(async () => {
  useShippedTimeouts();
  database = await createTestDatabase();
  proxy = await startProxy(database.url);
  service = await startTestApp({}, proxy.url);
  direct = await startTestApp({}, database.url);
  operator = await signedIn(service, 'operator');
});
afterEach(async () => {
  await proxy.mend();
  await eventually(async () => ((await operator.get('/pages/queue')).status === 200 ? true : null));
});
afterAll(async () => {
  useTestTimeouts();
  await service.close();
  await direct.close();
  await proxy.close();
  await database.drop();
});

describe.each(['cut', 'silence'] as const)('While the database is away (%s)', (how) => {
  it('every call gets 503 and a sentence within five seconds, and the session is good again afterwards', async () => {
    const { request, account } = await aRequestThatFits(direct);
    const before = await everything(direct);
    await proxy[how]();
    const assign = { socialAccountId: account.id };
    const [[read, act, page], milliseconds] = await timed(() =>
      Promise.all([
        operator.get('/pages/queue'),
        operator.act('lease-requests', request.id, 'assign', assign),
        operator.browser.get('/admin'),
      ]),
    );
    expect(milliseconds).toBeLessThan(5_000);
    for (const answer of [read, act]) {
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ error: { code: 'UNAVAILABLE' }, notice: { type: 'error' } });
    }
    expect([page.status, page.headers['retry-after']]).toEqual([503, '2']);
    expect(page.text).toContain(how === 'cut' ? 'cannot reach its database' : 'took too long to answer');
    expect(page.text).toContain('Try again</a>');
    expect((await signIn(operator.browser, operator)).status).toBe(503);
    expect(await everything(direct)).toBe(before);

    await proxy.mend();
    const again = await eventually(async () => {
      const answer = await operator.act('lease-requests', request.id, 'assign', assign);
      return answer.status === 200 ? answer : null;
    });
    expect(again.notice).toMatchObject({ type: 'success' });
    expect(again.record!.params).toMatchObject({ assignedCount: 1 });
  });
});

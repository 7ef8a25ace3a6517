import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, useShippedTimeouts, useTestTimeouts, type TestApp } from '../../support/app.js';
import { call, eventually, type Reply } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aPartner, atOnce, type TestPartner } from '../../support/makers.js';
import { startProxy, type Proxy } from '../../support/proxy.js';
import { timed } from '../../support/timed.js';

let database: TestDatabase;
let proxy: Proxy;
let service: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  useShippedTimeouts();
  database = await createTestDatabase();
  proxy = await startProxy(database.url);
  service = await startTestApp({}, proxy.url);
  partner = await aPartner(service, { tier: 'internal' });
});
afterEach(async () => {
  await proxy.mend();
  await eventually(async () => ((await ready()).status === 200 ? true : null));
});
afterAll(async () => {
  useTestTimeouts();
  await service.close();
  await proxy.close();
  await database.drop();
});

const ready = () => call(service, 'GET', '/readyz');
const read = () => call(service, 'GET', '/v1/leased-accounts', { key: partner.apiKey });
const submit = (key: string) =>
  call(service, 'POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, {
    key: partner.apiKey,
    body: { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' } },
    headers: { 'idempotency-key': key },
  });

async function expectUnavailable(work: () => Promise<Reply>): Promise<void> {
  const [reply, milliseconds] = await timed(work);
  expect([reply.status, reply.body.error.code]).toEqual([503, 'UNAVAILABLE']);
  expect(reply.body.error.requestId).toBe(reply.headers['x-request-id']);
  expect(reply.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  expect(reply.text).not.toMatch(/ECONN|127\.0\.0\.1|postgres|\bat /i);
  expect(milliseconds).toBeLessThan(5_000);
}

describe('with PostgreSQL away', () => {
  it('answers 503 with Retry-After in time, and recovers by itself', async () => {
    await proxy.cut();
    await atOnce(30, () => expectUnavailable(read));
    await expectUnavailable(() => submit(randomUUID()));
    await expectUnavailable(ready);
    expect((await call(service, 'GET', '/healthz')).status).toBe(200);
    expect((await call(service, 'GET', '/v1/whoami', { key: 'malformed' })).status).toBe(401);

    await proxy.mend();
    for (const work of [read, ready]) await eventually(async () => ((await work()).status === 200 ? true : null));
  });

  it('answers 503 in time when PostgreSQL goes silent, for more callers than connections', async () => {
    await atOnce(20, read);
    proxy.silence();
    await Promise.all([
      ...Array.from({ length: 40 }, () => expectUnavailable(read)),
      expectUnavailable(() => submit(randomUUID())),
      expectUnavailable(ready),
    ]);
    expect((await call(service, 'GET', '/v1/whoami', { key: 'malformed' })).status).toBe(401);

    await proxy.mend();
    await eventually(async () => ((await read()).status === 200 ? true : null));
  });

  it('tells by the same Idempotency-Key what became of a call that was cut off in its midst', async () => {
    const keys = Array.from({ length: 20 }, () => randomUUID());
    const calls = keys.map((key) => submit(key));
    await Promise.race(calls);
    await proxy.cut();
    const first = await Promise.all(calls);
    expect(first.every(({ status }) => status === 202 || status === 503)).toBe(true);

    await proxy.mend();
    for (const [n, key] of keys.entries()) {
      // The pool may still hand out a broken connection: a partner retries after a 503.
      const again = await eventually(async () => {
        const reply = await submit(key);
        return reply.status === 503 ? null : reply;
      });
      expect(again.status).toBe(202);
      if (first[n]!.status === 202) expect(again.text).toBe(first[n]!.text);
    }
    const [{ requests }] = await service.dataSource.query('SELECT count(*) AS requests FROM lease_request');
    const [{ records }] = await service.dataSource.query(
      'SELECT count(*) AS records FROM idempotency_record WHERE body IS NOT NULL',
    );
    expect([requests, records]).toEqual([records, records]);
  });
});

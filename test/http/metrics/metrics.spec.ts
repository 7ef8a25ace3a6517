import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getPool } from '../../../src/core/connection-pool.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call, eventually } from '../../support/calls.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aPartner, aRequest, atOnce, type TestPartner } from '../../support/makers.js';
import { readSeries, startMetrics, type TestMetrics } from '../../support/metrics.js';
import { startProxy, type Proxy } from '../../support/proxy.js';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { anEndpoint, sendDue, someEvents } from '../../support/webhooks.js';

let database: TestDatabase;
let proxy: Proxy;
let service: TestApp;
let metrics: TestMetrics;
let partner: TestPartner;
let receiver: WebhookReceiver;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startProxy(database.url);
  service = await startTestApp({ metricsPort: 1 }, proxy.url);
  metrics = await startMetrics(service);
  partner = await aPartner(service, { tier: 'internal' });
  receiver = await startReceiver();
});
afterAll(async () => {
  await metrics.close();
  await receiver.close();
  await service.close();
  await proxy.close();
  await database.drop();
});

describe('/metrics', () => {
  it('is Prometheus’ text on a port of its own, and nothing else is there', async () => {
    const { status, headers, text } = await metrics.scrape();
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect((await metrics.scrape('/metrics?x=1', 'HEAD')).text).toBe('');
    expect((await metrics.scrape('/metrics', 'POST')).status).toBe(405);
    for (const path of ['/', '/v1/whoami', '/admin', '/metrics/', '/healthz']) {
      expect((await metrics.scrape(path)).status).toBe(404);
    }
    expect((await call(service, 'GET', '/metrics')).status).toBe(404);
  });

  it('counts calls by the pattern of their route, their status and their error, and holds nothing that a caller sent', async () => {
    const key = partner.apiKey;
    const planted = `planted-${randomUUID()}`;
    await call(service, 'GET', `/v1/projects/${partner.projectId}/leased-accounts`, { key });
    await call(service, 'GET', `/v1/leased-accounts/requests/${planted}`, { key });
    await call(service, 'GET', '/v1/whoami', { key: planted });
    await call(service, 'GET', `/${planted}`);
    await call(service, 'BREW', '/v1/whoami').catch(() => undefined);
    await call(service, 'PROPFIND', '/v1/whoami');
    const { text } = await metrics.scrape();
    const count = (labels: string) => readSeries(text, `http_server_request_duration_seconds_count{${labels}}`);
    const labels = (method: string, route: string, status: number, error = '') =>
      `http_request_method="${method}",http_route="${route}",http_response_status_code="${status}",error_type="${error}"`;
    expect(count(labels('GET', '/v1/projects/:projectId/leased-accounts', 200))).toBe(1);
    expect(count(labels('GET', '/v1/leased-accounts/requests/:requestId', 404, 'NOT_FOUND'))).toBe(1);
    expect(count(labels('GET', '/v1/whoami', 401, 'UNAUTHENTICATED'))).toBe(1);
    expect(count(labels('GET', '', 404, 'NOT_FOUND'))).toBeGreaterThanOrEqual(1);
    expect(count(labels('_OTHER', '', 405, 'METHOD_NOT_ALLOWED'))).toBe(1);
    expect(text).not.toContain('planted');
    expect(text).not.toContain(partner.projectId);
    const bounds = [...text.matchAll(/^http_server_request_duration_seconds_bucket\{le="([^"]+)".*whoami/gm)];
    expect(new Set(bounds.map(([, bound]) => bound))).toEqual(
      new Set('0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 +Inf'.split(' ')),
    );
  });

  it('counts deliveries by outcome', async () => {
    const endpoint = await anEndpoint(service, partner, { url: receiver.url });
    await someEvents(service, partner, 2);
    await sendDue(service);
    receiver.behave = (response) => response.writeHead(500).end();
    await someEvents(service, partner);
    await sendDue(service);
    expect(endpoint.id).toMatch(/^whe_/);
    const read = (outcome: string) => metrics.read(`lease_console_webhook_deliveries_total{outcome="${outcome}"}`);
    await eventually(async () => ((await read('retried')) === 1 ? true : null));
    expect(await Promise.all(['delivered', 'failed', 'abandoned'].map(read))).toEqual([2, 0, 0]);
  });

  it('reads the database once for many scrapers', async () => {
    let acquired = 0;
    const pool = getPool(service.dataSource);
    const count = () => void (acquired += 1);
    pool.on('acquire', count);
    await atOnce(20, () => metrics.scrape());
    pool.off('acquire', count);
    expect(acquired).toBeLessThanOrEqual(1);
    expect(await metrics.read('db_client_connection_max')).toBe(20);
    // The service reads the database's clock by itself now and then.
    const used = 'db_client_connection_count{db_client_connection_state="used"}';
    await eventually(async () => ((await metrics.read(used)) === 0 ? true : null));
    expect(await metrics.read('db_client_connection_pending_requests')).toBe(0);
  });

  it('shows the rest while the database is away or silent, says so, and recovers', async () => {
    await aRequest(service, partner);
    const isUp = (up: number) => async () => ((await metrics.read('lease_console_database_up')) === up ? true : null);
    for (const leave of [() => proxy.cut(), async () => proxy.silence()]) {
      await eventually(async () => ((await metrics.read('lease_console_open_requests')) === 1 ? true : null));
      await leave();
      await eventually(isUp(0));
      const { status, text } = await metrics.scrape();
      expect([status, readSeries(text, 'lease_console_open_requests')]).toEqual([200, undefined]);
      expect(text).toMatch(/^process_cpu_seconds_total /m);
      await proxy.mend();
    }
    await eventually(isUp(1));
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { clearUpServices, freePort, ServiceProcess } from '../../support/service-process.js';
import { until } from '../../support/until.js';

describe('METRICS_PORT', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await clearUpServices();
    await database.drop();
  });
  const secrets = { SESSION_SECRET: 's'.repeat(32), SECRETS_KEYS: 'k'.repeat(32) };

  it('serves the metrics there, on the same host, until the last call has ended; its address is told', async () => {
    const metricsPort = await freePort();
    const environment = {
      DATABASE_URL: database.url,
      METRICS_PORT: String(metricsPort),
      DRAIN_SECONDS: '2',
      ...secrets,
    };
    const service = await ServiceProcess.started(environment);
    const address = `http://127.0.0.1:${metricsPort}/metrics`;
    expect(service.output).toContain(`Metrics: ${address}`);
    const scrape = async () => (await fetch(address)).text();
    expect(await scrape()).toMatch(/^lease_console_database_up 1$/m);
    expect(await service.statusOf('/metrics')).toBe(404);
    service.kill('SIGTERM');
    await until('it is not ready', async () => (await service.statusOf('/readyz')) === 503);
    expect(await scrape()).toMatch(/^http_server_request_duration_seconds_count\{.*"\/readyz".*"503".*UNAVAILABLE/m);
    expect(await service.ended).toEqual({ code: 0, signal: null });
  });

  it('stops the start with one line where it is taken', async () => {
    const environment = { DATABASE_URL: database.url, METRICS_PORT: new URL(database.url).port, ...secrets };
    const service = await ServiceProcess.begin({ HOST: '127.0.0.1', ...environment });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.failure).toMatch(/^Port \d+ on 127\.0\.0\.1 is taken: .*set METRICS_PORT to another one\.$/);
  });
});

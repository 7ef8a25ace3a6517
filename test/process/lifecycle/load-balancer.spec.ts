import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  isInstalled,
  startHaproxy,
  startNginx,
  startOwnBalancer,
  type LoadBalancer,
} from '../../support/load-balancers.js';
import { aPartner, type TestPartner } from '../../support/makers.js';
import { clearUpServices, ServiceProcess } from '../../support/service-process.js';
import { until } from '../../support/until.js';

const DRAIN_SECONDS = 2;

let database: TestDatabase;
let direct: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  database = await createTestDatabase();
  direct = await startTestApp({}, database.url);
  partner = await aPartner(direct, { tier: 'internal' });
});
afterAll(async () => {
  await clearUpServices();
  await direct.close();
  await database.drop();
});

const startService = () =>
  ServiceProcess.started({
    DATABASE_URL: database.url,
    SESSION_SECRET: 's'.repeat(32),
    SECRETS_KEYS: 'k'.repeat(32),
    WORKERS: 'off',
    DRAIN_SECONDS: String(DRAIN_SECONDS),
  });
/** Left over from the test before; a start is most of what a test takes. */
let spare: ServiceProcess | undefined;
async function takeService(): Promise<ServiceProcess> {
  const service = spare ?? (await startService());
  spare = undefined;
  return service;
}
const portOf = (service: ServiceProcess) => Number(new URL(service.origin).port);

/** Between two calls of a client; without it the calls take all of the machine, which no promise here needs. */
const PAUSE_MS = 20;

/**
 * Several clients with keep-alive connections. Each call goes to the first of the ports, and once more to
 * the next one where the connection broke before an answer: calls have a requestId of their own.
 */
class Load {
  readonly lost: string[] = [];
  served = 0;
  /** By another port than the first. */
  repeated = 0;
  private isOver = false;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  private readonly clients: Promise<void>[];

  constructor(private readonly ports: number[]) {
    this.clients = Array.from({ length: 8 }, (_, n) => this.run(n % 2 === 0));
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
    this.agent.destroy();
  }

  private async run(submits: boolean): Promise<void> {
    while (!this.isOver) {
      const outcome = await (submits ? this.submit() : this.send('GET', '/v1/whoami'));
      if (outcome === '200' || outcome === '202') this.served += 1;
      else this.lost.push(outcome);
      await pause(PAUSE_MS);
    }
  }

  private submit(): Promise<string> {
    const body = { projectId: partner.projectId, count: 1, niche: { vertical: 'coffee' }, requestId: randomUUID() };
    return this.send('POST', `/v1/projects/${partner.projectId}/leased-accounts/request`, JSON.stringify(body));
  }

  private async send(method: string, path: string, body?: string): Promise<string> {
    let outcome = '';
    for (const [turn, port] of this.ports.entries()) {
      if (turn > 0) this.repeated += 1;
      outcome = await this.sendTo(port, method, path, body);
      if (/^\d+$/.test(outcome)) return outcome;
    }
    return outcome;
  }

  private sendTo(port: number, method: string, path: string, body?: string): Promise<string> {
    const headers = {
      authorization: `Bearer ${partner.apiKey}`,
      ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve) => {
      http
        .request({ host: '127.0.0.1', port, method, path, headers, agent: this.agent }, (response) => {
          response.resume().once('end', () => resolve(String(response.statusCode)));
        })
        .once('error', (error) => resolve(`${method} ${error.message}`))
        .end(body);
    });
  }
}

const balancers: [name: string, start: (ports: number[]) => Promise<LoadBalancer>][] = [
  ['one of our own', startOwnBalancer],
  ...(isInstalled('haproxy') ? [['haproxy', startHaproxy] as [string, typeof startHaproxy]] : []),
  ...(isInstalled('nginx') ? [['nginx', startNginx] as [string, typeof startNginx]] : []),
];

describe('A service that leaves a load balancer under load', () => {
  it.each(balancers)('loses no call: %s', async (_name, start) => {
    const [leaving, staying] = await Promise.all([startService(), takeService()]);
    const balancer = await start([portOf(leaving), portOf(staying)]);
    const load = new Load([balancer.port]);
    try {
      await until('calls are served', () => load.served > 100);
      expect(await leaving.stop()).toEqual({ code: 0, signal: null });
      const before = load.served;
      await until('the other serves them', () => load.served > before + 100);
    } finally {
      await load.end();
      await balancer.close();
    }
    expect(load.lost).toEqual([]);
    spare = staying;
  });

  it('fails no call of clients that know nothing of readiness and repeat what broke before an answer at the other service', async () => {
    const [leaving, staying] = await Promise.all([startService(), takeService()]);
    const load = new Load([portOf(leaving), portOf(staying)]);
    try {
      await until('calls are served', () => load.served > 100);
      expect(load.repeated).toBe(0);
      expect(await leaving.stop()).toEqual({ code: 0, signal: null });
      const before = load.served;
      await until('the other serves them', () => load.served > before + 100);
      expect(load.repeated).toBeGreaterThan(100);
    } finally {
      await load.end();
    }
    expect(load.lost).toEqual([]);
    spare = staying;
  });

  it('is not ready from the signal on, and serves every call with Connection: close until the listener closes', async () => {
    const service = await takeService();
    const get = (path: string) =>
      new Promise<http.IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${partner.apiKey}` };
        const options = { host: '127.0.0.1', port: portOf(service), path, headers, agent: kept };
        http.get(options, (response) => resolve(response.resume())).once('error', reject);
      });
    const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
    expect((await get('/readyz')).headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=75' });
    const signalledAt = performance.now();
    service.kill('SIGTERM');
    await until('it is not ready', async () => (await service.statusOf('/readyz')) === 503);
    expect(performance.now() - signalledAt).toBeLessThan(DRAIN_SECONDS * 1_000);
    const called = await get('/v1/whoami');
    expect([called.statusCode, called.headers.connection]).toEqual([200, 'close']);
    expect(await service.statusOf('/healthz')).toBe(200);
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - signalledAt).toBeGreaterThan(DRAIN_SECONDS * 1_000);
    kept.destroy();
  });

  it('goes at once on Ctrl-C', async () => {
    const service = await takeService();
    const begunAt = performance.now();
    service.kill('SIGINT');
    await service.ended;
    expect(performance.now() - begunAt).toBeLessThan(DRAIN_SECONDS * 1_000);
  });
});

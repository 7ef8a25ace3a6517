import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { clearUpServices, EmbeddedFiles, newDataDir, ServiceProcess } from '../../support/service-process.js';
import { until } from '../../support/until.js';
import { timed } from '../../support/timed.js';

/** Well-formed, so that the database has to be asked about it. */
const aKey = `lp_live_0123456789ABCDEF_${'a'.repeat(43)}`;

/** Writes rows one by one and remembers those that PostgreSQL has acknowledged, until the connection breaks. */
async function writer(files: EmbeddedFiles): Promise<{ acknowledged: number[]; broken: Promise<void> }> {
  const client = await files.connect();
  const { rows } = await client.query<{ last: number }>('SELECT coalesce(max(number), 0)::int AS last FROM written');
  const acknowledged: number[] = [];
  const write = async (): Promise<void> => {
    for (let number = rows[0]!.last + 1; ; number += 1) {
      await client.query('INSERT INTO written (number) VALUES ($1)', [number]);
      acknowledged.push(number);
    }
  };
  return { acknowledged, broken: write().catch(() => client.end().catch(() => undefined)) };
}

async function lost(acknowledged: number[], files: EmbeddedFiles): Promise<number[]> {
  const client = await files.connect();
  const { rows } = await client.query<{ number: number }>('SELECT number FROM written');
  await client.end();
  const kept = new Set(rows.map(({ number }) => number));
  return acknowledged.filter((number) => !kept.has(number));
}

describe('After a crash', () => {
  const dataDir = newDataDir();
  const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'fatal' };
  let files: EmbeddedFiles;
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await ServiceProcess.started(environment);
    files = new EmbeddedFiles(dataDir);
    const client = await files.connect();
    await client.query('CREATE TABLE written (number int PRIMARY KEY)');
    await client.end();
  });
  beforeEach(async () => {
    if (service.hasEnded) service = await ServiceProcess.started(environment);
    await until('it is ready', async () => (await service.statusOf('/readyz')) === 200);
  });
  afterAll(clearUpServices);

  async function crash(kill: (postmaster: number) => void): Promise<number[]> {
    const { acknowledged, broken } = await writer(files);
    await until('some rows are written', () => acknowledged.length >= 50);
    kill(files.pid!);
    await until('the writer notices', () => Promise.race([broken.then(() => true), pause(500).then(() => false)]));
    return acknowledged;
  }

  it('comes back by itself when PostgreSQL is killed under it, with everything acknowledged', async () => {
    const acknowledged = await crash((postmaster) => process.kill(postmaster, 'SIGKILL'));
    await until('it is ready again', async () => (await service.statusOf('/readyz')) === 200);
    expect(await lost(acknowledged, files)).toEqual([]);
    expect(service.hasEnded).toBe(false);
  });

  it('is red and answers 503 within 5 s while PostgreSQL cannot come back, and recovers without a restart', async () => {
    const away = `${files.cluster}.away`;
    const { port, pid } = files;
    fs.renameSync(files.cluster, away);
    process.kill(pid!, 'SIGKILL');
    try {
      await until('it is red', async () => (await service.statusOf('/readyz')) === 503);
      for (let call = 0; call < 3; call += 1) {
        const [answer, milliseconds] = await timed(() =>
          fetch(`${service.origin}/v1/whoami`, { headers: { Authorization: `Bearer ${aKey}` } }),
        );
        expect(milliseconds).toBeLessThan(5_000);
        expect(answer.status).toBe(503);
        expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/);
        expect(await answer.json()).toMatchObject({ error: { code: 'UNAVAILABLE', requestId: expect.any(String) } });
      }
      expect(await service.statusOf('/healthz')).toBe(200);
    } finally {
      fs.renameSync(away, files.cluster);
    }
    await until('it is ready again', async () => (await service.statusOf('/readyz')) === 200);
    expect(files.port).toBe(port);
  });

  it('starts again after kill -9 of itself, over the PostgreSQL that it left running', async () => {
    const postmaster = files.pid;
    const { acknowledged, broken } = await writer(files);
    await until('some rows are written', () => acknowledged.length >= 50);
    service.kill('SIGKILL');
    await service.ended;
    expect(files.pid).toBe(postmaster);
    service = await ServiceProcess.started(environment);
    expect(await service.statusOf('/readyz')).toBe(200);
    expect(files.pid).toBe(postmaster);
    process.kill(postmaster!, 'SIGKILL');
    await broken;
    await until('it is ready again', async () => (await service.statusOf('/readyz')) === 200);
    expect(await lost(acknowledged, files)).toEqual([]);
  });

  it('starts again after kill -9 of both, with everything acknowledged, and still stops in order', async () => {
    const acknowledged = await crash((postmaster) => {
      service.kill('SIGKILL');
      process.kill(postmaster, 'SIGKILL');
    });
    await service.ended;
    service = await ServiceProcess.started(environment);
    expect(await service.statusOf('/readyz')).toBe(200);
    expect(await lost(acknowledged, files)).toEqual([]);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(files.pid).toBeNull();
  });
});

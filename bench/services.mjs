import '@swc-node/register/esm-register';
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, URL } from 'node:url';
import pg from 'pg';
import { agent } from 'supertest';
import { fill } from './fill.mjs';

const dataDir = fileURLToPath(new URL('../tmp/bench-postgres', import.meta.url));
const { joinEmbeddedPostgres } = await import('../src/database/embedded/embedded-postgres.ts');
const { migrate } = await import('../src/database/migrate.ts');
const { createApp } = await import('../src/app.ts');
const { StaffService } = await import('../src/staff/staff.service.ts');

export const scales = { small: 0.01, large: 1 };

/** Two houses side by side on one server of their own: what is measured in turns is measured alike. */
export async function openHouses() {
  fs.mkdirSync(path.dirname(dataDir), { recursive: true });
  const server = await joinEmbeddedPostgres({ dataDir, database: 'bench' });
  const houses = {};
  for (const name of Object.keys(scales)) houses[name] = await openHouse(await databaseOf(server, name));
  const close = async () => {
    for (const house of Object.values(houses)) await house.close();
    await server.leave();
  };
  return { ...houses, close };
}

/** A filled database of that scale; one of an earlier run is used again. */
async function databaseOf(server, name) {
  const url = new URL(server.url);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const database = `bench_${name}`;
  const { rows } = await client.query('SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS there', [
    database,
  ]);
  if (!rows[0].there) await client.query(`CREATE DATABASE ${database}`);
  await client.end();
  url.pathname = `/${database}`;
  await migrate({ databaseUrl: url.href, preparedStatements: true });
  if (!rows[0].there) await fill(url.href, scales[name], (line) => console.log(`${name}: ${line}`));
  return url.href;
}

function settingsOf(databaseUrl) {
  return {
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    dataDir,
    preparedStatements: true,
    trustProxy: false,
    sessionSecret: 'a session secret for the bench, long enough',
    secretsKeys: ['a key for the bench, long enough'],
    leasePriceCents: 15_000,
    dualControlCents: 100_000,
    demo: false,
    workers: false,
    businessTimeZone: 'UTC',
    holidays: [],
    releaseHoldHours: 0,
    requireMfa: false,
    logLevel: 'fatal',
    nodeEnv: 'test',
  };
}

/** The service over a database, and an administrator who is signed in. `anew` starts another process's worth of it. */
async function openHouse(databaseUrl) {
  const app = await createApp(settingsOf(databaseUrl));
  await app.listen(0, '127.0.0.1');
  const email = `bench.${Date.now()}@staff.example`;
  const password = 'a password for the bench';
  const staff = app.get(StaffService, { strict: false });
  await staff.create({ kind: 'system', name: 'bench', callId: 'req_bench' }, { email, role: 'admin', password });
  const browser = await signedIn(app, email, password);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  return {
    app,
    database,
    get: (address) => browser.get(`/admin/api${address}`),
    post: (address, body) => browser.post(`/admin/api${address}`).set('Origin', originOf(app)).send(body),
    /** The one value that a statement finds. */
    one: async (text) => Object.values((await database.query(text)).rows[0] ?? {})[0],
    /** Asks a service that has just started. */
    anew: async (ask) => {
      const fresh = await createApp(settingsOf(databaseUrl));
      await fresh.listen(0, '127.0.0.1');
      const newcomer = await signedIn(fresh, email, password);
      const milliseconds = await timed(() => ask((address) => newcomer.get(`/admin/api${address}`)));
      await fresh.close();
      return milliseconds;
    },
    close: async () => {
      await database.end();
      await app.close();
    },
  };
}

const originOf = (app) => `http://127.0.0.1:${app.getHttpServer().address().port}`;

async function signedIn(app, email, password) {
  const browser = agent(originOf(app));
  await browser.post('/admin/login').type('form').send({ email, password }).expect(302);
  return browser;
}

/** How many milliseconds an answer takes. */
export async function timed(ask) {
  const at = performance.now();
  const answer = await ask();
  const milliseconds = performance.now() - at;
  if (answer.status !== 200 || answer.body.notice?.type === 'error') {
    throw new Error(`${answer.req?.path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
  return milliseconds;
}

/** The value that a share of a list is not above. */
export function quantile(list, share) {
  const sorted = [...list].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

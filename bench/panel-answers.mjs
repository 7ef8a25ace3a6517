// npm run bench:panel        how much longer the panel's answers take with a large house than with 1 % of it
import '@swc-node/register/esm-register';
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, URL } from 'node:url';
import { agent } from 'supertest';
import { fill } from './fill.mjs';
import pg from 'pg';

const ROUNDS = 40;
const MOST = 3;
const scales = { large: 1, small: 0.01 };
const dataDir = fileURLToPath(new URL('../tmp/bench-postgres', import.meta.url));

const { joinEmbeddedPostgres } = await import('../src/database/embedded-postgres.ts');
const { migrate } = await import('../src/database/migrate.ts');
const { createApp } = await import('../src/app.ts');
const { StaffService } = await import('../src/staff/staff.service.ts');
const { LedgerVerifier } = await import('../src/wallets/ledger-verifier.ts');

fs.mkdirSync(path.dirname(dataDir), { recursive: true });
const server = await joinEmbeddedPostgres({ dataDir, database: 'bench' });

/** A filled database of that scale; one of an earlier run is used again. */
async function databaseOf(name) {
  const url = new URL(server.url);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const { rows } = await client.query('SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS there', [
    `bench_${name}`,
  ]);
  if (!rows[0].there) await client.query(`CREATE DATABASE bench_${name}`);
  await client.end();
  url.pathname = `/bench_${name}`;
  const settings = { databaseUrl: url.href, preparedStatements: true };
  await migrate(settings);
  if (!rows[0].there) await fill(url.href, scales[name], (line) => console.log(`${name}: ${line}`));
  return url.href;
}

/** The service over it, and an operator who is signed in. */
async function openAt(name) {
  const app = await createApp({
    ...{
      host: '127.0.0.1',
      port: 0,
      databaseUrl: await databaseOf(name),
      dataDir,
      preparedStatements: true,
      trustProxy: false,
    },
    ...{
      sessionSecret: 'a session secret for the bench, long enough',
      secretsKeys: ['a key for the bench, long enough'],
    },
    ...{
      leasePriceCents: 15_000,
      demo: false,
      workers: false,
      businessTimeZone: 'UTC',
      holidays: [],
      releaseHoldHours: 0,
      requireMfa: false,
    },
    ...{ logLevel: 'fatal', nodeEnv: 'test' },
  });
  await app.listen(0, '127.0.0.1');
  const email = `bench.${Date.now()}@staff.example`;
  const password = 'a password for the bench';
  const staff = app.get(StaffService, { strict: false });
  await staff.create({ kind: 'system', name: 'bench', requestId: 'req_bench' }, { email, role: 'operator', password });
  const browser = agent(`http://127.0.0.1:${app.getHttpServer().address().port}`);
  await browser.post('/admin/login').type('form').send({ email, password }).expect(302);
  return { app, get: (path) => browser.get(`/admin/api${path}`) };
}

const houses = {};
for (const name of Object.keys(scales)) houses[name] = await openAt(name);

/** Each house's own requests, for a request's page. */
const open = {};
for (const [name, { get }] of Object.entries(houses))
  open[name] = (await get('/pages/queue')).body.rows.map(({ id }) => id);
const questions = {
  queue: () => '/pages/queue',
  'queue, blocked': () => '/pages/queue?view=blocked',
  'queue, unclaimed': () => '/pages/queue?view=unclaimed',
  'queue, text': () => '/pages/queue?q=number%2012',
  request: (name, round) => `/resources/lease-requests/records/${open[name][round % open[name].length]}/fulfil`,
  'request, search': (name, round) =>
    `/resources/lease-requests/records/${open[name][round % open[name].length]}/fulfil?q=yoga.1`,
  'requests, list': () => '/resources/lease-requests/actions/list',
  pool: () => '/resources/social-accounts/actions/list',
  'pool, filtered': () =>
    '/resources/social-accounts/actions/list?filters.status=available&filters.verticals=coffee&filters.language=en',
  dashboard: () => '/pages/dashboard',
  'dashboard, 90 days': () => '/pages/dashboard?days=90',
  search: () => '/pages/search?q=yoga.1',
};

const only = process.argv.slice(2).find((word) => !word.startsWith('--'));
const missed = [];
console.log('\nMilliseconds: the middle one of', ROUNDS);
for (const [what, question] of Object.entries(questions)) {
  if (only && !what.startsWith(only)) continue;
  const took = { large: [], small: [] };
  const first = {};
  for (let round = -5; round < ROUNDS; round++) {
    for (const [name, { get }] of Object.entries(houses)) {
      const at = performance.now();
      const answer = await get(question(name, Math.abs(round)));
      const milliseconds = performance.now() - at;
      if (answer.status !== 200 || answer.body.notice?.type === 'error')
        throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
      if (round === -5) first[name] = milliseconds;
      if (round >= 0) took[name].push(milliseconds);
    }
  }
  const [large, small] = ['large', 'small'].map((name) => took[name].sort((one, other) => one - other)[ROUNDS / 2]);
  const ratio = large / small;
  if (ratio > MOST) missed.push(what);
  console.log(
    `${what.padEnd(20)} ${small.toFixed(1).padStart(7)} at 1 % ${large.toFixed(1).padStart(7)} at 100 %   × ${ratio.toFixed(2)}` +
      `   (first: ${first.small.toFixed(0)}, ${first.large.toFixed(0)})`,
  );
}
if (process.argv.includes('--verify')) {
  for (const { app } of Object.values(houses)) {
    const { faults } = await app.get(LedgerVerifier, { strict: false }).verify();
    console.log(`Ledger: ${faults.length} faults`, faults.slice(0, 3));
  }
}
for (const { app } of Object.values(houses)) await app.close();
await server.leave();
if (missed.length > 0) {
  console.log(`More than ${MOST} times: ${missed.join(', ')}`);
  process.exitCode = 1;
}

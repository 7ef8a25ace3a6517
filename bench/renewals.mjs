// npm run bench:renewals -- --leases 100000 --partners 200      one run over leases that all fall due, beside plain SQL that does the same updates
import '@swc-node/register/esm-register';
import 'reflect-metadata';
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { houseStatements, plainRenewals } from './renewal-statements.mjs';

const { values } = parseArgs({
  options: { leases: { type: 'string', default: '100000' }, partners: { type: 'string', default: '200' } },
});
const leases = Number(values.leases);
const partners = Number(values.partners);
const dataDir = fileURLToPath(new URL('../tmp/bench-postgres', import.meta.url));

const { joinEmbeddedPostgres } = await import('../src/database/embedded/embedded-postgres.ts');
const { migrate } = await import('../src/database/migrate.ts');
const { OperatorModule } = await import('../src/cli/operator.module.ts');
const { RenewalsService } = await import('../src/renewals/renewals.service.ts');
const { LedgerVerifier } = await import('../src/accounting/ledger-verifier.ts');

fs.mkdirSync(path.dirname(dataDir), { recursive: true });
const server = await joinEmbeddedPostgres({ dataDir, database: 'bench' });

async function on(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A fresh database in which every lease was due an hour ago. */
async function aHouse(name) {
  const url = new URL(server.url);
  await on(url.href, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}`);
  });
  url.pathname = `/${name}`;
  await migrate({ databaseUrl: url.href, preparedStatements: true });
  await on(url.href, async (client) => {
    await client.query(
      "SET statement_timeout = 0; SET transaction_timeout = 0; SET synchronous_commit = off; SET TimeZone = 'UTC'",
    );
    for (const statement of houseStatements) await client.query(statement.text, statement.values(leases, partners));
    await client.query('VACUUM (ANALYZE)');
  });
  return url.href;
}

function rate(what, ms) {
  console.log(
    `${what}: ${leases} renewals in ${(ms / 1_000).toFixed(1)} s, ${Math.round((leases * 1_000) / ms)} a second`,
  );
}

const ours = await aHouse('bench_renewals');
const settings = {
  ...{ databaseUrl: ours, dataDir, preparedStatements: true, leasePriceCents: 15_000, demo: false, workers: false },
  ...{ businessTimeZone: 'UTC', holidays: [], releaseHoldHours: 0, secretsKeys: [], sessionSecret: '' },
};
const services = await NestFactory.createApplicationContext(OperatorModule.forSettings(settings), { logger: false });
const began = performance.now();
const run = await services
  .get(RenewalsService, { strict: false })
  .run({ kind: 'system', name: 'bench', callId: 'req_bench' }, {}, { onProgress: (line) => console.log(line) });
const oursMs = performance.now() - began;
console.log(run);
rate('the renewals', oursMs);
const { faults } = await services.get(LedgerVerifier, { strict: false }).verify();
console.log(faults.length === 0 ? 'the books are clean' : faults.slice(0, 5));
await services.close();

const plain = await aHouse('bench_plain');
await on(plain, async (client) => {
  await client.query('SET statement_timeout = 0; SET transaction_timeout = 0');
  const plainBegan = performance.now();
  await client.query(plainRenewals);
  const plainMs = performance.now() - plainBegan;
  rate('plain SQL, all in one statement', plainMs);
  console.log(`the renewals run at ${(plainMs / oursMs).toFixed(2)} of plain SQL`);
});
await server.leave?.();
process.exit(0);

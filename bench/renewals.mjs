// npm run bench:renewals -- --leases 100000 --partners 200      one run over leases that all fall due, beside plain SQL that does the same updates
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { freshDatabase, startServer, withClient } from './databases.mjs';
import { dueLeasesStatements, plainRenewals } from './renewal-statements.mjs';

const { values } = parseArgs({
  options: { leases: { type: 'string', default: '100000' }, partners: { type: 'string', default: '200' } },
});
const leases = Number(values.leases);
const partners = Number(values.partners);

const { OperatorModule } = await import('../dist/src/cli/operator.module.js');
const { RenewalsService } = await import('../dist/src/renewals/renewals.service.js');
const { LedgerVerifier } = await import('../dist/src/accounting/ledger-verifier.js');

const server = await startServer();

/** A fresh database in which every lease was due an hour ago. */
async function withDueLeases(name) {
  const url = await freshDatabase(server, name);
  await withClient(url, async (client) => {
    await client.query(
      "SET statement_timeout = 0; SET transaction_timeout = 0; SET synchronous_commit = off; SET TimeZone = 'UTC'",
    );
    for (const { text, values } of dueLeasesStatements) await client.query(text, values(leases, partners));
    await client.query('VACUUM (ANALYZE)');
  });
  return url;
}

function rate(what, ms) {
  console.log(
    `${what}: ${leases} renewals in ${(ms / 1_000).toFixed(1)} s, ${Math.round((leases * 1_000) / ms)} a second`,
  );
}

const ours = await withDueLeases('bench_renewals');
const settings = {
  ...{
    databaseUrl: ours,
    dataDir: 'tmp/bench',
    preparedStatements: true,
    leasePriceCents: 15_000,
    demo: false,
    workers: false,
  },
  ...{ businessTimeZone: 'UTC', holidays: [], releaseHoldHours: 0, secretsKeys: [], sessionSecrets: [], poolSize: 20 },
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
console.log(faults.length === 0 ? 'the books are correct' : faults.slice(0, 5));
await services.close();

const plain = await withDueLeases('bench_plain');
await withClient(plain, async (client) => {
  await client.query('SET statement_timeout = 0; SET transaction_timeout = 0');
  const plainBegan = performance.now();
  await client.query(plainRenewals);
  const plainMs = performance.now() - plainBegan;
  rate('plain SQL, all in one statement', plainMs);
  console.log(`the renewals run at ${(plainMs / oursMs).toFixed(2)} of plain SQL`);
});
await server.leave();

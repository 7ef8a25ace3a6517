import { performance } from 'node:perf_hooks';
import { freshDatabase, withClient } from './databases.mjs';
import { assertCleanBooks, benchCaller, withServices } from './operator.mjs';
import { dueLeasesStatements, plainRenewals } from './renewal-statements.mjs';

const { RenewalsService } = await import('../dist/src/renewals/renewals.service.js');

/**
 * One run over leases that all fall due, beside plain SQL that does the same updates, each in a database of its own.
 * @returns renewals a second of both, and their ratio
 */
export async function measureRenewals(server, { leases, partners }, log) {
  const ours = await withDueLeases(server, 'bench_renewals', leases, partners);
  const oursMs = await withServices(ours, async (get) => {
    const began = performance.now();
    const run = await get(RenewalsService).run(benchCaller, {}, { onProgress: log });
    if (run.charged !== leases) throw new Error(`${run.charged} of ${leases} leases were renewed`);
    return performance.now() - began;
  });
  await assertCleanBooks(ours);

  const plain = await withDueLeases(server, 'bench_plain', leases, partners);
  const plainMs = await withClient(plain, async (client) => {
    const began = performance.now();
    await client.query(plainRenewals);
    return performance.now() - began;
  });
  const toRate = (ms) => (leases * 1_000) / ms;
  return { product: toRate(oursMs), plainSql: toRate(plainMs), ratio: plainMs / oursMs };
}

/** A fresh database in which every lease was due an hour ago. */
async function withDueLeases(server, name, leases, partners) {
  const url = await freshDatabase(server, name);
  await withClient(url, async (client) => {
    await client.query("SET synchronous_commit = off; SET TimeZone = 'UTC'");
    for (const { text, values } of dueLeasesStatements) await client.query(text, values(leases, partners));
    await client.query('VACUUM (ANALYZE)');
  });
  return url;
}

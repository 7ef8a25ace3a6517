// npm run bench:growth -- [--sizes 1000,100000,1000000] [--parts answers,memory,processes] [--cases accept,poll]      what grows with the data, the calls and the processes
import { URL } from 'node:url';
import { parseArgs } from 'node:util';
import { cases } from './api/cases.mjs';
import { seedFilled } from './api/filled.mjs';
import { startLoad } from './api/load-process.mjs';
import { driveAndCount, measureCases } from './api/measure.mjs';
import { measureMemory } from './api/memory.mjs';
import { openProduct, openProductAlone } from './api/sides.mjs';
import { databaseOfScale, emptyDatabase, startServer, withClient } from './databases.mjs';
import { assertCleanBooks } from './operator.mjs';
import { stocks } from './api/stock.mjs';

/** What the filler makes at scale 1. */
const REQUESTS_AT_SCALE_1 = 200_000;
const PROCESS_CASES = ['accept', 'poll'];

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'answers,memory,processes' },
    // Requests in the database, and as many accounts; the smallest first.
    sizes: { type: 'string', default: '1000,100000,1000000' },
    cases: { type: 'string', default: Object.keys(cases).join(',') },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '4' },
    calls: { type: 'string', default: '200000' },
    processes: { type: 'string', default: '1,2,4' },
    'connections-of-processes': { type: 'string', default: '64' },
    // The wallets that pay, and the partners of a database that is not filled.
    wallets: { type: 'string', default: '50' },
    partners: { type: 'string', default: '200' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const settings = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
const connections = Number(values.connections);
const wallets = Number(values.wallets);
const partnerCount = Number(values.partners);
const parts = { answers: compareAnswers, memory: readMemory, processes: compareProcesses };

const server = await startServer();
const load = startLoad();
try {
  for (const part of values.parts.split(',')) await parts[part]();
} finally {
  load.stop();
  await server.leave();
}

/**
 * The same calls to services over databases of each size, by turns. Each works on a copy, so that the next run finds the same, and without
 * background jobs: what has fallen due since the database was filled would be renewed meanwhile.
 */
async function compareAnswers() {
  const sides = [];
  for (const size of sizes) {
    const name = `bench_growth_${size}`;
    const filledUrl = await databaseOfScale(server, size / REQUESTS_AT_SCALE_1);
    const url = await emptyDatabase(server, name, { copyOf: new URL(filledUrl).pathname.slice(1) });
    const side = await openProduct(url, 1, await seedFilled(url), { settings: { WORKERS: 'off' } });
    sides.push({ ...side, name: String(size) });
    console.log(`${name}: ${await describe(url)}`);
  }
  console.log(
    `\nMilliseconds of the middle answer, ${connections} connections, medians of ${settings.rounds} rounds by turns`,
  );
  console.log(
    `${''.padEnd(36)}${sizes.map((size) => size.toLocaleString('en-US').padStart(12)).join('')}   largest beside smallest`,
  );
  const onCase = (caseName, _count, by) => {
    const middles = sides.map(({ name }) => by[name].p50Ms);
    const ratio = middles.at(-1) / middles[0];
    const shown = middles.map((ms) => ms.toFixed(2).padStart(12)).join('');
    console.log(`${cases[caseName].title.padEnd(36)}${shown}   × ${ratio.toFixed(2)}`);
  };
  const runs = { caseNames: values.cases.split(','), connections: [connections], wallets, ...settings, onCase };
  await measureCases(sides, load.drive, runs);
  for (const side of sides) {
    await side.close();
    await assertCleanBooks(side.databaseUrl);
    await emptyDatabase(server, new URL(side.databaseUrl).pathname.slice(1));
  }
  console.log('the books of each are correct');
}

function describe(url) {
  const tables = ['lease_request', 'social_account', 'audit_event', 'ledger_transfer'];
  return withClient(url, async (client) => {
    const counts = [];
    for (const table of tables) {
      const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${table}`);
      counts.push(`${table} ${rows[0].n.toLocaleString('en-US')}`);
    }
    return counts.join(', ');
  });
}

/** Whether the service's memory grows with the calls that it has answered. */
async function readMemory() {
  const side = await openProductAlone(server, 1, { partnerCount });
  const { samples, megabytesPer100kCalls } = await measureMemory(side, load.drive, Number(values.calls));
  await side.close();
  for (const { calls, megabytes } of samples) console.log(`after ${calls} calls: ${megabytes.toFixed(0)} MB`);
  console.log(`over the second half: ${megabytesPer100kCalls.toFixed(1)} MB per 100,000 calls`);
}

/** Throughput of several processes on one database. */
async function compareProcesses() {
  for (const instances of values.processes.split(',').map(Number)) {
    const side = await openProductAlone(server, instances, { partnerCount });
    for (const caseName of PROCESS_CASES) {
      const run = {
        caseName,
        connections: Number(values['connections-of-processes']),
        seconds: settings.seconds,
        stock: await stocks[caseName](side),
      };
      const { calls, seconds } = await driveAndCount(side, load.drive, run);
      console.log(`${cases[caseName].title}, ${instances} processes: ${Math.round(calls / seconds)} a second`);
    }
    await side.close();
    await assertCleanBooks(side.databaseUrl);
  }
  console.log('the books of each are correct');
}

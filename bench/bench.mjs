// npm run bench -- [--cases accept,poll] [--seconds 5] [--rounds 5] [--connections 16,64] [--short] [--profile] [--out folder]      the service beside its floor
import fs from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { startLoad } from './api/load-process.mjs';
import { cases as apiCases } from './api/cases.mjs';
import { measureCases } from './api/measure.mjs';
import { openSides } from './api/sides.mjs';
import { measureStart } from './api/start.mjs';
import { freshDatabase, startServer } from './databases.mjs';
import { assertCleanFloor } from './floor/books.mjs';
import { assertCleanBooks } from './operator.mjs';
import { compare, toResults } from './report/results.mjs';
import { describeMachine } from './report/machine.mjs';
import { summarizeProfiles } from './report/profile.mjs';
import { toRows, toTextTable } from './report/table.mjs';
import { writeReport } from './report/write.mjs';
import { measureRenewals } from './renewals.mjs';
import { measureWebhooks } from './webhooks.mjs';

const sizes = {
  full: {
    partners: 200,
    wallets: 50,
    renewal: { leases: 100_000, partners: 200 },
    webhooks: { events: 5_000, endpoints: 50, rounds: 5 },
    start: { rounds: 5, idleMs: 3_000 },
  },
  short: {
    partners: 20,
    wallets: 5,
    renewal: { leases: 200, partners: 4 },
    webhooks: { events: 60, endpoints: 3, rounds: 1 },
    start: { rounds: 1, idleMs: 0 },
  },
};
const caseNames = [...Object.keys(apiCases), 'renewal', 'webhooks', 'start'];

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: caseNames.join(',') },
    connections: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    // Seconds instead of minutes, for what the bench does and not for how fast; nothing is written without `--out`.
    short: { type: 'boolean', default: false },
    // Profiles the service, and says where its time went.
    profile: { type: 'boolean', default: false },
    // Where the report is written, instead of this project's own.
    out: { type: 'string' },
  },
});
const defaults = values.short
  ? { connections: '2,4', rounds: '1', seconds: '0.02' }
  : { connections: '16,64', rounds: '5', seconds: '5' };
const options = { ...defaults, ...values };
const settings = { rounds: Number(options.rounds), seconds: Number(options.seconds) };
const connections = options.connections.split(',').map(Number);
const chosen = options.cases.split(',');
const unknown = chosen.filter((name) => !caseNames.includes(name));
if (unknown.length > 0) throw new Error(`Unknown cases: ${unknown.join(', ')}. There are ${caseNames.join(', ')}.`);
const profileFolder = values.profile ? fileURLToPath(new URL('../tmp/bench-profile', import.meta.url)) : undefined;
const { partners, wallets, renewal, webhooks, start } = values.short ? sizes.short : sizes.full;

const server = await startServer();
try {
  const results = toResults(await describeMachine(server), settings, {
    cases: await measureApi(),
    renewal: chosen.includes('renewal') ? await measureRenewals(server, renewal, console.log) : null,
    webhooks: chosen.includes('webhooks') ? await measureWebhooks(server, webhooks) : null,
    start: chosen.includes('start') ? await measureStart(await freshDatabase(server, 'bench_start'), start) : null,
  });
  print(results);
  if (profileFolder) console.log(`\n${summarizeProfiles(profileFolder).join('\n')}`);
  // A profile slows the service, and a part is no report.
  const isWhole = chosen.length === caseNames.length && !profileFolder;
  if (isWhole && (values.out || !values.short)) {
    if (values.out) fs.mkdirSync(values.out, { recursive: true });
    await writeReport(results, values.out ?? null);
  }
} finally {
  await server.leave();
}

/** @returns the measured cases, or none where only others are chosen */
async function measureApi() {
  const names = chosen.filter((name) => name in apiCases);
  if (names.length === 0) return {};
  if (profileFolder) fs.rmSync(profileFolder, { recursive: true, force: true });
  const { floor, product } = await openSides(server, { profileFolder, partnerCount: partners });
  const load = startLoad();
  try {
    const onCase = (caseName, count, of) => console.log(toLine(caseName, count, compare(of)));
    const runs = { caseNames: names, connections, wallets, ...settings, onCase };
    const measured = await measureCases([floor, product], load.drive, runs);
    await assertCleanFloor(floor.databaseUrl);
    await assertCleanBooks(product.databaseUrl);
    return measured;
  } finally {
    load.stop();
    await Promise.all([floor.close(), product.close()]);
  }
}

function toLine(caseName, count, { ratio }) {
  return `${apiCases[caseName].title}, ${count} connections: ${ratio.toFixed(2)} of the floor`;
}

function print({ cases: measured, plain, start: started }) {
  console.log(`\n${toTextTable(toRows(measured))}`);
  for (const [name, figures] of Object.entries(plain)) console.log(name, figures);
  if (started) console.log('start', started);
}

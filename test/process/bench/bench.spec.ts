import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** The scripts make their databases beside those of the tests, whose template nobody may be connected to. */
const template = new URL(process.env.TEST_POSTGRES_URL!);
const server = Object.assign(new URL(template), { pathname: '/postgres' }).href;
const bench = {
  ...{ BENCH_POSTGRES_URL: server, BENCH_TEMPLATE: template.pathname.slice(1) },
  ...{ NODE_COMPILE_CACHE: process.env.TEST_COMPILE_CACHE },
};
/** One database is both sizes: what is compared does not matter here. */
const SIZES = ['--small', '0.001', '--large', '0.001'];
const API_CASES = ['accept', 'replay', 'poll', 'list', 'assign-spread', 'assign-one-wallet', 'release'];
const MINUTES_MS = 60_000;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function run(script: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`bench/${script}`, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test', ...bench, DATABASE_URL: database.url },
  });
  return stdout;
}

describe('Each script of the bench, at its smallest size', () => {
  afterAll(async () => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE datname LIKE 'bench\\_%'",
    );
    for (const { name } of rows) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await client.end();
  });

  it('fills a database whose books are clean', async () => {
    expect(await run('fill-cli.mjs', '--scale', '0.001')).toContain('Filled at scale 0.001');
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/src/cli.js', 'ledger:verify'], {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url },
    });
    expect(stdout).toContain('The books are correct');
  });

  it('asks every question of the panel', async () => {
    const answers = await run('panel-answers.mjs', ...SIZES, '--rounds', '1', '--most', '1000');
    const script: string = '../../../bench/panel-questions.mjs';
    const { questions } = await import(script);
    for (const question of Object.keys(questions)) expect(answers).toContain(question);
    expect(answers).toContain('queue, first answer');
  });

  it('works a shift', async () => {
    const work = ['--looking', '2', '--working', '2', '--assignments', '1', '--every-ms', '500'];
    const told = await run('shift.mjs', ...SIZES, ...work);
    expect(told.match(/Ledger: 0 faults/g)).toHaveLength(2);
  });

  it('renews leases beside plain SQL', async () => {
    const told = await run('renewals-cli.mjs', '--leases', '200', '--partners', '4');
    expect(told).toContain('the books are correct');
    expect(told).toMatch(/the renewals run at [\d.]+ of plain SQL/);
  });

  it('delivers webhooks beside the bare SQL of an outbox', async () => {
    const told = await run('webhooks-cli.mjs', '--events', '60', '--endpoints', '3', '--rounds', '1');
    expect(told).toMatch(/the deliveries run at [\d.]+ of bare SQL/);
    expect(told).toMatch(/beside an endpoint that hangs: \d+ ms/);
  });

  it(
    'measures every case of the API beside the floor, and each call is answered and counted',
    async () => {
      const folder = fs.mkdtempSync(path.join(tmpdir(), 'bench-'));
      try {
        await run('bench.mjs', '--short', '--out', folder);
        const { ratios, cases, start } = JSON.parse(fs.readFileSync(path.join(folder, 'results.json'), 'utf8'));
        expect(Object.keys(ratios)).toEqual([...API_CASES, 'renewal', 'webhooks']);
        for (const ratio of Object.values(ratios)) expect(ratio).toBeGreaterThan(0);
        expect(Object.keys(cases)).toEqual(API_CASES);
        for (const [name, connections] of API_CASES.flatMap((name) =>
          ['2', '4'].map((count) => [name, count] as const),
        )) {
          const { floor, product } = cases[name][connections];
          for (const side of [floor, product]) expect(side.throughput).toBeGreaterThan(0);
        }
        expect(start.seconds).toBeGreaterThan(0);
        expect(fs.readFileSync(path.join(folder, 'performance.svg'), 'utf8')).toContain('assign on one wallet');
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    },
    5 * MINUTES_MS,
  );

  it(
    'compares sizes, reads the memory and tries several processes',
    async () => {
      // Each case is measured by the test before.
      const cases = ['accept', 'poll', 'assign-spread'];
      const smallest =
        '--rounds 1 --seconds 0.02 --connections 2 --calls 60 --processes 2 --connections-of-processes 4 --wallets 2 --partners 20';
      const told = await run('growth.mjs', '--sizes', '200,400', '--cases', cases.join(','), ...smallest.split(' '));
      expect(told.match(/^.*\d+\.\d\d +\d+\.\d\d +× \d/gm)).toHaveLength(cases.length);
      expect(told).toMatch(/over the second half: -?[\d.]+ MB per 100,000 calls/);
      expect(told).toMatch(/poll, 2 processes: \d+ a second/);
      expect(told.match(/the books of each are correct/g)).toHaveLength(2);
    },
    5 * MINUTES_MS,
  );
});

describe('What the project says of its speed', () => {
  it('is what bench/results.json holds', async () => {
    const script: string = '../../../bench/report/write.mjs';
    const { CHART_FILE, PAGE_FILE, RESULTS_FILE, toReport } = await import(script);
    const { chart, page } = toReport(JSON.parse(fs.readFileSync(RESULTS_FILE, 'utf8')));
    expect(fs.readFileSync(CHART_FILE, 'utf8')).toBe(chart);
    expect(fs.readFileSync(PAGE_FILE, 'utf8')).toBe(page);
  });
});

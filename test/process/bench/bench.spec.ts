import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** The scripts make their databases beside those of the tests, whose template nobody may be connected to. */
const server = new URL('/postgres', process.env.TEST_POSTGRES_URL).href;
/** One database is both sizes: what is compared does not matter here. */
const SIZES = ['--small', '0.001', '--large', '0.001'];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function run(script: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`bench/${script}`, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test', BENCH_POSTGRES_URL: server, DATABASE_URL: database.url },
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
    const told = await run('renewals.mjs', '--leases', '200', '--partners', '4');
    expect(told).toContain('the books are correct');
    expect(told).toMatch(/the renewals run at [\d.]+ of plain SQL/);
  });

  it('delivers webhooks beside the bare SQL of an outbox', async () => {
    const told = await run('webhooks.mjs', '--events', '60', '--endpoints', '3', '--rounds', '1');
    expect(told).toMatch(/the deliveries run at [\d.]+ of bare SQL/);
    expect(told).toMatch(/beside an endpoint that hangs: \d+ ms/);
  });
});

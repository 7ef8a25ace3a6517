import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../../support/command-line.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { dropDatabasesOfScripts, runScript } from './scripts.js';

/** One database is both sizes: what is compared does not matter here. */
const SIZES = ['--small', '0.001', '--large', '0.001'];
const API_CASES = ['accept', 'replay', 'poll', 'list', 'assign-spread', 'assign-one-wallet', 'release'];
const MINUTES_MS = 60_000;

/** More of it: `bench.prove.ts`. */
describe('The scripts of the bench, at their smallest size', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await dropDatabasesOfScripts();
    await database.drop();
  });

  it('fill a database whose books are clean', async () => {
    const told = await runScript('fill-cli.mjs', ['--scale', '0.001'], { DATABASE_URL: database.url });
    expect(told).toContain('Filled at scale 0.001');
    const { stdout } = await new CommandLine(database.url).run('ledger:verify');
    expect(stdout).toContain('The books are correct');
  });

  it('ask every question of the panel', async () => {
    const answers = await runScript('panel-answers.mjs', [...SIZES, '--rounds', '1', '--most', '1000']);
    const script: string = '../../../bench/panel-questions.mjs';
    const { questions } = await import(script);
    for (const question of Object.keys(questions)) expect(answers).toContain(question);
    expect(answers).toContain('queue, first answer');
  });

  it('work a shift', async () => {
    const work = ['--looking', '2', '--working', '2', '--assignments', '1', '--every-ms', '500'];
    const told = await runScript('shift.mjs', [...SIZES, ...work]);
    expect(told.match(/Ledger: 0 faults/g)).toHaveLength(2);
  });

  it(
    'measure every case of the API beside the floor, and each call is answered and counted; renewals and webhooks beside SQL',
    async () => {
      const folder = fs.mkdtempSync(path.join(tmpdir(), 'bench-'));
      try {
        await runScript('bench.mjs', ['--short', '--connections', '2', '--out', folder]);
        const { ratios, cases, start } = JSON.parse(fs.readFileSync(path.join(folder, 'results.json'), 'utf8'));
        expect(Object.keys(ratios)).toEqual([...API_CASES, 'renewal', 'webhooks']);
        for (const ratio of Object.values(ratios)) expect(ratio).toBeGreaterThan(0);
        expect(Object.keys(cases)).toEqual(API_CASES);
        for (const name of API_CASES) {
          const { floor, product } = cases[name]['2'];
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
    'compare sizes, read the memory and try several processes',
    async () => {
      // Every other case is measured by the test before.
      const smallest =
        '--cases poll --rounds 1 --seconds 0.02 --connections 2 --wallets 2 --calls 300 --processes 2 --connections-of-processes 2 --partners 2';
      const told = await runScript('growth.mjs', ['--sizes', '200,400', ...smallest.split(' ')]);
      expect(told).toMatch(/^poll .*\d+\.\d\d +\d+\.\d\d +× \d/m);
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

import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeDemoOnce } from '../../../src/demo/make-demo.js';
import { alterAnswers } from '../../support/altered-answers.js';
import { startTestApp, testSettings, type TestApp } from '../../support/app.js';
import { CommandLine } from '../../support/command-line.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { findTitles, steps } from './story.js';

/** What the demo's story is told by. */
interface Modules {
  Report: new (out: Writable) => { failures: string[]; end(): void };
  tellStory(report: object, service: object, organization: object): Promise<void>;
  PROJECT_ID: string;
  WALLET_CENTS: number;
}

let database: TestDatabase;
let service: TestApp;
let demo: Modules;
let story: [service: object, organization: object];

beforeAll(async () => {
  const names = ['report', 'story', 'common'].map((name) => `../../../demo/${name}.mjs`);
  demo = Object.assign({}, ...(await Promise.all(names.map((name) => import(name))))) as Modules;
  database = await createTestDatabase();
  // As `npm run demo` begins.
  const flags = ['--name', 'Brew Lab', '--project', 'Launch', '--project-id', demo.PROJECT_ID];
  const organization = await new CommandLine(database.url).json(
    'partner:create',
    ...flags,
    ...['--wallet-cents', String(demo.WALLET_CENTS)],
  );
  const { signIns } = (await makeDemoOnce(testSettings(database.url)))!;
  service = await startTestApp({ demo: true, workers: true }, database.url);
  const byRole = Object.fromEntries(signIns.map((signIn) => [signIn.role, signIn]));
  story = [{ origin: service.baseUrl, signIns: byRole }, organization];
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

describe('The story of npm run demo', () => {
  it('names each step in which an answer differs from the contract, and goes on to its end', async () => {
    let output = '';
    const out = new Writable({ write: (chunk, _encoding, done) => ((output += chunk), done()) });
    const altered = alterAnswers(globalThis.fetch, [
      { path: '/leased-accounts/requests/lreq_\\w+', replace: ['No more coffee accounts', 'Ten more coffee accounts'] },
      { path: '/v1/wallet/transactions', replace: ['-15000', '-14999'] },
      { path: '/leased-accounts/request', dropHeader: 'Location' },
    ]);
    jest.spyOn(globalThis, 'fetch').mockImplementation(altered);
    const report = new demo.Report(out);
    await demo.tellStory(report, ...story);
    report.end();

    expect(findTitles(output)).toEqual(steps);
    expect(output).toMatch(/✗ 9 of \d+ checks failed/);
    const failed = [...output.matchAll(/^ {2}step (\d+) \(.+\): (.+)$/gm)].map(([, step, what]) => `${step} ${what}`);
    expect(failed).toEqual([
      '3 the answer is as docs/openapi.json has it: status, headers, body',
      '3 Location is what to poll',
      '4 the answer is as docs/openapi.json has it: status, headers, body',
      '9 the operator’s note',
      '13 3 × $150.00',
      '16 $1,500.00 in, 3 accounts, 3 and 2 renewals at $150.00',
      '16 each balance is the one before and the amount',
      '16 the last one is the wallet’s: $300.00',
      '17 the same lines: ids, times, kinds, amounts, balances, requests, months',
    ]);
    expect(output).toContain('Location is missing');
    expect(output).toContain('received "Ten more coffee accounts are warm this week. Please ask again on Monday."');
    expect(output).toContain('expected [-15000, -15000, -15000]\n     received [-14999, -14999, -14999]');
  });
});

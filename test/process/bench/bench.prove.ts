import { afterAll, describe, expect, it } from '@jest/globals';
import { dropDatabasesOfScripts, runScript } from './scripts.js';

const MINUTES_MS = 60_000;

describe('Scripts of the bench of which the tests run a part', () => {
  afterAll(dropDatabasesOfScripts);

  it('renew leases beside plain SQL', async () => {
    const told = await runScript('renewals-cli.mjs', ['--leases', '2000', '--partners', '20']);
    expect(told).toContain('the books are correct');
    expect(told).toMatch(/the renewals run at [\d.]+ of plain SQL/);
  });

  it('deliver webhooks beside the bare SQL of an outbox', async () => {
    const told = await runScript('webhooks-cli.mjs', ['--events', '600', '--endpoints', '10', '--rounds', '2']);
    expect(told).toMatch(/the deliveries run at [\d.]+ of bare SQL/);
    expect(told).toMatch(/beside an endpoint that hangs: \d+ ms/);
  });

  it(
    'compare sizes, read the memory and try several processes',
    async () => {
      const cases = ['accept', 'poll', 'assign-spread'];
      const small =
        '--rounds 1 --seconds 0.2 --connections 2 --calls 600 --processes 1,2 --connections-of-processes 4 --wallets 2 --partners 20';
      const told = await runScript('growth.mjs', [
        ...['--sizes', '200,2000', '--cases', cases.join(',')],
        ...small.split(' '),
      ]);
      expect(told.match(/^.*\d+\.\d\d +\d+\.\d\d +× \d/gm)).toHaveLength(cases.length);
      expect(told).toMatch(/over the second half: -?[\d.]+ MB per 100,000 calls/);
      for (const count of [1, 2]) expect(told).toMatch(new RegExp(`poll, ${count} processes: \\d+ a second`));
      expect(told.match(/the books of each are correct/g)).toHaveLength(2);
    },
    10 * MINUTES_MS,
  );
});

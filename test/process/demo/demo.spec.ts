import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { programEnvironment } from '../../support/program-environment.js';
import { clearUpServices, EmbeddedFiles, newDataDir } from '../../support/service-process.js';
import { until } from '../../support/until.js';

/** A run competes with other tests for the machine. */
const LONGEST_MS = 240_000;

const steps = [
  '1. A key, and what it may do (partner)',
  '2. An endpoint for webhooks (partner)',
  '3. The published page’s request (partner)',
  '4. The same request again, as after a lost answer (partner)',
  '5. The request in the queue (operator)',
  '6. Three accounts are assigned, one at a time (operator)',
  '7. A note that the partner reads (operator)',
  '8. Nothing more is warm: the request is closed short (operator)',
  '9. The poller reads the end of it (partner)',
  '10. The accounts (partner)',
  '11. The webhooks, received and verified (partner)',
  '12. The clock moves on by a month (admin)',
  '13. The accounts are renewed (partner)',
  '14. One account is released (partner)',
  '15. Another month: what was released is not charged (admin)',
  '16. The wallet’s statement (partner)',
  '17. The panel’s ledger says the same (finance)',
];

class Demo {
  output = '';
  readonly ended: Promise<number | null>;
  /** Of its PostgreSQL, once that runs. */
  postgresPid: number | null = null;
  private readonly temporary = newDataDir();
  private readonly child: ChildProcess;

  /** What is set for another service must not reach that of the demo. */
  constructor(environment: NodeJS.ProcessEnv = {}) {
    const misleading = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', PORT: 'none', DEMO: 'off', DATA_DIR: '/' };
    this.child = spawn(process.execPath, ['demo/run.mjs'], {
      env: { ...programEnvironment, TMPDIR: this.temporary, ...misleading, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on('data', (text) => (this.output += text));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
    demos.push(this);
  }

  /** Waits until it says so, and finds its PostgreSQL. */
  async says(text: string): Promise<void> {
    await until(`the demo says ${text}`, () => this.hasEnded || this.output.includes(text), LONGEST_MS);
    if (this.hasEnded) throw new Error(`The demo ended before it said ${text}: ${this.output}`);
    this.postgresPid ??= this.findPostgres();
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get titles(): string[] {
    return [...this.output.matchAll(/^\d+\. .+$/gm)].map(([title]) => title);
  }

  /** What is still there of it: files, processes, its PostgreSQL, its service. */
  async leftovers(): Promise<unknown[]> {
    const left: unknown[] = [...fs.readdirSync(this.temporary), ...findProcesses(this.temporary)];
    if (this.postgresPid && isAlive(this.postgresPid)) left.push('postgres');
    const [, origin] = /listens on (http:\S+),/.exec(this.output) ?? [];
    if (origin)
      await fetch(`${origin}/healthz`).then(
        () => left.push(origin),
        () => undefined,
      );
    return left;
  }

  private findPostgres(): number | null {
    const [folder] = fs.readdirSync(this.temporary);
    return folder ? new EmbeddedFiles(path.join(this.temporary, folder)).pid : null;
  }
}

const demos: Demo[] = [];

/** A zombie is not: nobody has asked for its exit code yet. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The processes that were given this folder as an argument or by their environment, where the system tells. */
function findProcesses(folder: string): string[] {
  if (!fs.existsSync('/proc/self/environ')) return [];
  return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && readProcess(pid).includes(folder));
}

/** Nothing of a process that has ended in between. */
function readProcess(pid: string): string {
  try {
    return ['cmdline', 'environ'].map((name) => fs.readFileSync(`/proc/${pid}/${name}`, 'utf8')).join(' ');
  } catch {
    return '';
  }
}

describe('npm run demo', () => {
  afterEach(async () => {
    for (const demo of demos.splice(0)) {
      demo.interrupt();
      await demo.ended;
    }
  });
  afterAll(clearUpServices);

  it(
    'tells the whole story in order, finds everything as the contract has it and leaves nothing behind',
    async () => {
      const demo = new Demo();
      await demo.says('6. Three accounts');
      expect(demo.postgresPid).not.toBeNull();
      expect([await demo.ended, demo.output]).toEqual([0, expect.stringMatching(/✓ 17 steps, \d+ checks, all as the/)]);
      expect(demo.titles).toEqual(steps);
      expect(demo.output).not.toContain('✗');
      expect(demo.output).toMatch(/total +\$300\.00 +\$300\.00\n/);
      // Neither colors nor secrets.
      expect(demo.output).not.toMatch(/\x1b|lp_live_[0-9A-Z]{16}_[\w-]|whsec_[\w-]{20}/); // eslint-disable-line no-control-regex
      expect(await demo.leftovers()).toEqual([]);
    },
    LONGEST_MS,
  );

  it(
    'names each step in which an answer differs from the contract, and ends with 1',
    async () => {
      const altered = [
        {
          path: '/leased-accounts/requests/lreq_\\w+',
          replace: ['No more coffee accounts', 'Ten more coffee accounts'],
        },
        { path: '/v1/wallet/transactions', replace: ['-15000', '-14999'] },
        { path: '/leased-accounts/request', dropHeader: 'Location' },
      ];
      const demo = new Demo({
        NODE_OPTIONS: `--import ${pathToFileURL(path.resolve('test/support/altered-answers.mjs')).href}`,
        ALTERED_ANSWERS: JSON.stringify(altered),
      });
      expect([await demo.ended, demo.output]).toEqual([1, expect.stringMatching(/✗ \d+ of \d+ checks failed/)]);
      // The story goes on to its end.
      expect(demo.titles).toEqual(steps);
      const failed = [...demo.output.matchAll(/^ {2}step (\d+) \(.+\): (.+)$/gm)].map(
        ([, step, what]) => `${step} ${what}`,
      );
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
      expect(demo.output).toContain('Location is missing');
      expect(demo.output).toContain(
        'received "Ten more coffee accounts are warm this week. Please ask again on Monday."',
      );
      expect(demo.output).toContain('expected [-15000, -15000, -15000]\n     received [-14999, -14999, -14999]');
      expect(await demo.leftovers()).toEqual([]);
    },
    LONGEST_MS,
  );

  it.each(['making the database', '4. The same request'])(
    'leaves nothing behind when it is interrupted: at %s',
    async (moment) => {
      const demo = new Demo();
      await demo.says(moment);
      demo.interrupt();
      expect(await demo.ended).toBe(130);
      expect(await demo.leftovers()).toEqual([]);
    },
    LONGEST_MS,
  );
});

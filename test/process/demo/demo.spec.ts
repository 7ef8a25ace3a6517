import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { programEnvironment } from '../../support/program-environment.js';
import { clearUpServices, EmbeddedFiles, newDataDir } from '../../support/service-process.js';
import { until } from '../../support/until.js';
import { findTitles, steps } from './story.js';

/** A run competes with other tests for the machine. */
const LONGEST_MS = 240_000;

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
      expect(findTitles(demo.output)).toEqual(steps);
      expect(demo.output).not.toContain('✗');
      expect(demo.output).toMatch(/total +\$300\.00 +\$300\.00\n/);
      // Neither colors nor secrets.
      expect(demo.output).not.toMatch(/\x1b|lp_live_[0-9A-Z]{16}_[\w-]|whsec_[\w-]{20}/); // eslint-disable-line no-control-regex
      expect(await demo.leftovers()).toEqual([]);
    },
    LONGEST_MS,
  );

  // What fails in the story itself: `altered-answers.spec.ts`.
  it('ends with 1 when it failed', async () => {
    const demo = new Demo({ TMPDIR: '/nowhere' });
    expect([await demo.ended, demo.output]).toEqual([1, expect.stringMatching(/✗ 1 of 1 checks failed/)]);
    expect(demo.output).toMatch(/the preparation\): broke off: ENOENT/);
    expect(await demo.leftovers()).toEqual([]);
  });

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

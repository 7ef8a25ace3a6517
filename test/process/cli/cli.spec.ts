import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { getClusterPath, resolveDataFolder } from '../../../src/database/embedded/data-folder.js';
import { findRunningPostmaster } from '../../../src/database/embedded/postmaster.js';
import { expectRefusal, runInProcess, type CommandAnswer } from '../../support/command-line.js';
import { programEnvironment } from '../../support/program-environment.js';
import { clearUpServices, newDataDir, ServiceProcess } from '../../support/service-process.js';

/** The compiled command line; another folder than `dist` is for building beside somebody who works there. */
const script = path.resolve(process.env.BUILD_DIR ?? 'dist', 'src/cli.js');

function run(environment: NodeJS.ProcessEnv, args: string[], stdin: string | null = null): Promise<CommandAnswer> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...programEnvironment, ...environment },
    stdio: [stdin === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(stdin);
  const answer: CommandAnswer = { exitCode: null, stdout: '', stderr: '' };
  child.stdout!.on('data', (text) => (answer.stdout += text));
  child.stderr!.on('data', (text) => (answer.stderr += text));
  return new Promise((resolve) => child.once('close', (exitCode) => resolve({ ...answer, exitCode })));
}

afterAll(() => clearUpServices());

describe('the command line as a process', () => {
  it('answers on stdout alone, and exits with 1 after one line on stderr', async () => {
    expect(await run({}, ['--help'])).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('ledger:verify'),
    });
    expectRefusal(await run({}, []), 'name a command');
  });
});

describe('the command line on the embedded database', () => {
  const isRunning = (dataDir: string) =>
    findRunningPostmaster(getClusterPath(resolveDataFolder(dataDir, () => undefined).folder)) !== null;
  const create = (name: string) => [
    'partner:create',
    '--name',
    name,
    '--project',
    'P',
    '--wallet-cents',
    '5',
    '--json',
  ];

  it('works alone, also twice at once, and leaves no process behind', async () => {
    const DATA_DIR = newDataDir();
    const answers = await Promise.all(['One', 'Two'].map((name) => run({ DATA_DIR }, create(name))));
    for (const answer of answers) expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(isRunning(DATA_DIR)).toBe(false);
    expect(await runInProcess({ DATA_DIR }, create('ONE'))).toMatchObject({ exitCode: 1 });
    expect(isRunning(DATA_DIR)).toBe(false);
  });

  it('moves no clock where a service without the demo was the first, and works beside it and although it is just leaving', async () => {
    const DATA_DIR = newDataDir();
    const service = await ServiceProcess.started({ DATA_DIR, DEMO: 'off' });
    // Whatever its own environment says.
    const environment = { DATA_DIR, DEMO: 'on' };
    const later = '2100-03-01T00:00:00Z';
    expectRefusal(await runInProcess(environment, ['clock:set', '--to', later]), 'only in the demo');
    expectRefusal(await runInProcess(environment, ['renewals:run', '--now', later]), 'with --dry-run');

    const { apiKey } = JSON.parse((await run({ DATA_DIR }, create('Beside'))).stdout);
    const whoami = await fetch(`${service.origin}/v1/whoami`, { headers: { Authorization: `Bearer ${apiKey}` } });
    expect(await whoami.json()).toMatchObject({ organizationName: 'Beside' });

    const commands = ['a', 'b'].map((letter) => run({ DATA_DIR }, create(`Leaving ${letter}`)));
    const [ended, ...answers] = await Promise.all([service.stop(), ...commands]);
    expect(ended).toMatchObject({ code: 0 });
    for (const answer of answers) expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(isRunning(DATA_DIR)).toBe(false);
    expect(await runInProcess({ DATA_DIR }, ['ledger:verify'])).toMatchObject({ exitCode: 0 });

    const again = await ServiceProcess.started(environment);
    expect(again.output).not.toContain('Demo data, shown only once');
    await again.stop();
  });
});

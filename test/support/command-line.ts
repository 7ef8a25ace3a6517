import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import type { CommandIo } from '../../src/cli/command-io.js';
import { runMigrateCommand } from '../../src/cli/migrate-command.js';
import { runCommand } from '../../src/cli/program.js';

export interface CommandAnswer {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command in this process. @param stdin what is piped in; a stream may stay silent */
export function runInProcess(
  env: NodeJS.ProcessEnv,
  args: string[],
  stdin: string | Readable = '',
): Promise<CommandAnswer> {
  return run(runCommand, env, args, stdin);
}

/** Commands over one database. */
export class CommandLine {
  constructor(private readonly databaseUrl: string) {}

  run(...args: string[]): Promise<CommandAnswer> {
    return runInProcess({ DATABASE_URL: this.databaseUrl }, args);
  }

  /** The answer of a command that must succeed: JSON alone on stdout. */
  async json(...args: string[]) {
    const answer = await this.run(...args, '--json');
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer.stdout.trimEnd()).not.toContain('\n');
    return JSON.parse(answer.stdout);
  }

  aPartner(name: string, ...flags: string[]) {
    return this.json('partner:create', '--name', name, '--project', 'Launch', '--wallet-cents', '100000', ...flags);
  }
}

export function runMigrateInProcess(env: NodeJS.ProcessEnv, args: string[]): Promise<CommandAnswer> {
  return run(runMigrateCommand, env, args, '');
}

async function run(
  program: typeof runCommand,
  env: NodeJS.ProcessEnv,
  args: string[],
  stdin: string | Readable,
): Promise<CommandAnswer> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const io = { env, stdin: typeof stdin === 'string' ? Readable.from([stdin]) : stdin, stdout, stderr };
  const exitCode = await program(args, io as unknown as CommandIo);
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { exitCode, stdout: out, stderr: err };
}

/** Exit code 1, nothing on stdout, and one line on stderr that says so. */
export function expectRefusal(answer: CommandAnswer, sentence: string): void {
  expect(answer).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^error: [^\n]+\n$/) });
  expect(answer.stderr).toContain(sentence);
}

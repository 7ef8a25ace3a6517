import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { CommandIo } from './command-io.js';

/** A pipe that sends nothing for this long has no password. */
const STDIN_TIMEOUT_MS = 2_000;

/** The first line of stdin; a terminal is prompted, without echo. @throws Error when there is none */
export async function readPassword({ stdin, stderr }: Pick<CommandIo, 'stdin' | 'stderr'>): Promise<string> {
  if (stdin.isTTY) stderr.write('New password: ');
  const line = await readFirstLine(stdin);
  if (stdin.isTTY) stderr.write('\n');
  if (!line) throw new Error('the password is expected on stdin');
  return line;
}

/** The first line of a pipe; `undefined` on a terminal and for an empty or silent pipe. */
export async function readPipedPassword(stdin: CommandIo['stdin']): Promise<string | undefined> {
  if (stdin.isTTY) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), STDIN_TIMEOUT_MS);
  });
  const line = await Promise.race([readFirstLine(stdin), timeout]);
  clearTimeout(timer);
  return line || undefined;
}

function readFirstLine(stdin: CommandIo['stdin']): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: stdin.isTTY });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
    lines.once('SIGINT', () => reject(new Error('cancelled')));
    stdin.once('error', () => resolve(undefined));
  });
}

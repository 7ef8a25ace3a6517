import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** A pipe that stays silent this long from the start on has no password to offer. */
const STDIN_WAIT_MS = 2_000;

/** The first line of stdin; on a terminal it is asked for and not shown. @throws Error when there is none */
export async function requiredPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('New password: ');
  const line = await firstLine();
  if (process.stdin.isTTY) process.stderr.write('\n');
  if (!line) throw new Error('the password is expected on stdin');
  return line;
}

/** The first line of what is piped in, if anything is. */
export async function offeredPassword(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined;
  let silence: NodeJS.Timeout | undefined;
  const nothing = new Promise<undefined>((resolve) => {
    silence = setTimeout(() => resolve(undefined), STDIN_WAIT_MS);
  });
  const line = await Promise.race([firstLine(), nothing]);
  clearTimeout(silence);
  return line || undefined;
}

function firstLine(): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
    lines.once('SIGINT', () => reject(new Error('cancelled')));
    process.stdin.once('error', () => resolve(undefined));
  });
}

import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

export const PYTHON = process.env.PYTHON ?? 'python3';
export const CLIENT = path.resolve('clients/python');

/** Leaves the tests of the Python client out, visibly. */
export const isPythonSkipped = process.env.SKIP_PYTHON === 'on';

/** What to do about a Python that is missing or too old; null where there is nothing to do. */
export function findMissingPython(): string | null {
  const { status, stdout } = spawnSync(PYTHON, ['-c', 'import sys; print(*sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  const [major = 0, minor = 0] = status === 0 ? stdout.split(' ').map(Number) : [];
  if (major === 3 && minor >= 9) return null;
  return `The tests of the Python client need Python 3.9 or later as "${PYTHON}": set PYTHON to another, or SKIP_PYTHON=on to leave them out.`;
}

export interface Ended {
  code: number | null;
  output: string;
}

/** Runs a program beside this process, which may be the one that serves it. */
export function run(
  program: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Ended> {
  // What the shell has set must not reach a service or an index.
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    LANG: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INDEX: '1',
  };
  const child = spawn(program, args, { cwd: options.cwd, env: { ...env, ...options.env } });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The tests of a folder below `clients/python`, every warning an error. */
export function runTests(pattern: string, folder: string, env: Record<string, string>): Promise<Ended> {
  const args = ['-W', 'error', '-m', 'unittest', 'discover', '-t', '.', '-s', folder, '-p', pattern];
  return run(PYTHON, args, { cwd: CLIENT, env: { PYTHONPATH: 'src', ...env } });
}

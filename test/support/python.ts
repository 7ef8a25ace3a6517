import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

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

/** A program that puts the wheel of its argument where its Python finds modules, which is what pip does. */
export const UNPACK_WHEEL =
  'import sys, sysconfig, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sysconfig.get_path("purelib"))';

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

const RUN_EACH = `
import contextlib, io, json, os, sys, traceback
for line in sys.stdin:
    program = json.loads(line)
    os.environ.update(program["env"])
    printed, failure = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(program["source"], {"__name__": "__main__"})
    except BaseException:
        failure = traceback.format_exc()
    print(json.dumps({"stdout": printed.getvalue(), "failure": failure}), flush=True)
`;

/** Runs programs that use the client, one after the other in one Python: starting that takes longer than most of them. */
export class PythonRunner {
  private readonly child = spawn(PYTHON, ['-c', RUN_EACH], {
    env: { ...process.env, PYTHONPATH: path.join(CLIENT, 'src') },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  private readonly lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();

  /** @returns what it prints; @throws Error with the traceback of one that fails */
  async run(source: string, env: NodeJS.ProcessEnv): Promise<string> {
    this.child.stdin.write(`${JSON.stringify({ source, env })}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error('Python has ended.');
    const { stdout, failure } = JSON.parse(value) as { stdout: string; failure: string | null };
    if (failure) throw new Error(failure);
    return stdout;
  }

  stop(): void {
    this.child.stdin.end();
  }
}

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const BUILD = 'scripts/build.mjs';
const CLI = 'dist/src/cli.js';
/** As pino numbers it. */
const ERROR = 50;
const STOP_MS = 15_000;

/** A service of the production build over a data folder of its own, which is removed at the end. */
export class DemoService {
  origin = '';
  /** Of the demo's staff, by role: `{ email, password }`. */
  signIns = {};
  /** What it logged as errors. */
  errors = [];
  #environment = {};
  #folders = [];
  #cluster = '';
  #running = new Set();
  #embedded = null;
  #isStopping = false;

  constructor(report) {
    this.report = report;
  }

  /** Compiles what has changed, as `npm start` does. */
  async build() {
    this.report.progress('building what has changed');
    const build = this.#spawn([BUILD, '--if-changed'], process.env);
    const [output, complaints, code] = await Promise.all([text(build.stdout), text(build.stderr), toExitCode(build)]);
    if (code !== 0) throw new Error(`The build failed.\n${output}${complaints}`);
  }

  /** Nothing of the caller's environment reaches the service: neither its database nor its settings. */
  async makeFolder() {
    const { getClusterPath, resolveDataFolder } = await import('../dist/src/database/embedded/data-folder.js');
    this.#embedded = await import('../dist/src/database/embedded/postmaster.js');
    const dataDir = mkdtempSync(path.join(tmpdir(), 'lease-console-demo-'));
    this.#folders.push(dataDir);
    // PostgreSQL runs as another user where this is root's; its files and the secrets are closed by themselves.
    chmodSync(dataDir, 0o755);
    const { folder } = resolveDataFolder(dataDir, () => undefined);
    if (path.dirname(folder) !== dataDir) this.#folders.push(path.dirname(folder));
    this.#cluster = getClusterPath(folder);

    const port = await findFreePort();
    this.origin = `http://127.0.0.1:${port}`;
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.#environment = {
      ...{ PATH, NODE_COMPILE_CACHE, TMPDIR: tmpdir(), NODE_ENV: 'production' },
      ...{ DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port), DEMO: 'on', WEBHOOK_ALLOW_LOCAL: 'on' },
      ...{ DRAIN_SECONDS: '0', LOG_LEVEL: 'error' },
    };
    return dataDir;
  }

  /** A command of the operator's command line. */
  async cli(...args) {
    const child = this.#spawn([CLI, ...args, '--json']);
    const [output, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), toExitCode(child)]);
    if (code !== 0) throw new Error(`${args[0]}: ${complaints.trim()}`);
    return JSON.parse(output);
  }

  /** Starts it and reads the sign-ins of the demo's staff, which a first start prints. */
  async start() {
    const child = this.#spawn(['--enable-source-maps', '--max-semi-space-size=32', 'dist/src/main.js']);
    const complaints = text(child.stderr);
    const lines = createInterface({ input: child.stdout });
    await new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const { level, msg } = parseLine(line);
        if (level >= ERROR) this.errors.push(msg);
        const [, role, email, password] = /^ {2}(operator|finance|admin) +(\S+@\S+) +(\S+)$/.exec(msg) ?? [];
        if (role) this.signIns[role] = { email, password };
        else if (/^(PostgreSQL|Database|Demo data|Application): /.test(msg)) this.report.progress(msg);
        if (msg.startsWith('Lease console: listening on')) resolve();
      });
      child.once('close', async () => {
        const reason = [...this.errors.splice(0), await complaints].join('\n').trim();
        reject(new Error(`The service ended instead of listening: ${reason}`));
      });
    });
  }

  /** Ends everything that was started and removes its files. It can be called at any time. */
  async stop() {
    this.#isStopping = true;
    await Promise.all([...this.#running].map(stopChild));
    if (this.#embedded) await this.#embedded.stopPostmaster(this.#cluster, STOP_MS);
    for (const folder of this.#folders) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  }

  /** In a session of its own, so that Ctrl-C reaches this process alone, which then ends the others in order. */
  #spawn(args, env = this.#environment) {
    if (this.#isStopping) throw new Error('The demo is stopping.');
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#running.add(child);
    child.once('close', () => this.#running.delete(child));
    return child;
  }
}

/** A command ends by itself soon, and would leave a server that is about to start. */
async function stopChild(child) {
  const ended = once(child, 'close');
  if (child.spawnargs.includes(BUILD)) process.kill(-child.pid, 'SIGTERM');
  else if (!child.spawnargs.includes(CLI)) child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

async function toExitCode(child) {
  const [code] = await once(child, 'close');
  return code;
}

/** Below the range of outgoing connections, which would take it before the service does. */
async function findFreePort() {
  const { isPortFree } = await import('../dist/src/database/embedded/cluster.js');
  for (;;) {
    const port = randomInt(10_000, 20_000);
    if (await isPortFree(port)) return port;
  }
}

/** The fields of a line of its log. */
function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { level: ERROR, msg: line };
  }
}

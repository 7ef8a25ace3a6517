import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { isPortFree } from '../../src/database/embedded/cluster.js';
import { getClusterPath, resolveDataFolder } from '../../src/database/embedded/data-folder.js';
import { findRunningPostmaster, stopPostmaster } from '../../src/database/embedded/postmaster.js';
import { programEnvironment } from './program-environment.js';
import { until } from './until.js';

/** The compiled service; another folder than `dist` is for building beside somebody who works there. */
const main = path.resolve(process.env.BUILD_DIR ?? 'dist', 'src/main.js');

/** Begins the last line that a start prints. */
const lastLine = 'New key ';

const begun: ServiceProcess[] = [];
const folders: string[] = [];

/** A data folder of the caller's own, in memory where the test server is. */
export function newDataDir(): string {
  return newFolder(process.env.TEST_DATA_HOME ?? 'tmp');
}

/** A folder of the caller's own in which programs find this project's packages. */
export function newBuildFolder(): string {
  return newFolder('tmp');
}

function newFolder(place: string): string {
  const folder = path.resolve(place, `start-${process.pid}-${randomBytes(6).toString('hex')}`);
  fs.mkdirSync(folder, { recursive: true });
  folders.push(folder);
  return folder;
}

/** Ends what a test has left running, so that its failure is not the next one's. */
export async function stopServices(): Promise<void> {
  await Promise.all(begun.splice(0).map((service) => service.stop()));
}

/** Ends what the tests of this file have started and removes what it has made. */
export async function clearUpServices(): Promise<void> {
  await stopServices();
  for (const dataDir of folders.splice(0)) {
    const { folder } = resolveDataFolder(dataDir, () => undefined);
    await stopPostmaster(getClusterPath(folder), 10_000);
    fs.rmSync(dataDir, { recursive: true, force: true });
    fs.rmSync(path.dirname(folder), { recursive: true, force: true });
  }
}

/** As pino numbers it. */
const FATAL = 60;

/** A free port below the range of outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 20_000);
    if (await isPortFree(port)) return port;
  }
}

/** The service as an operator runs it: a process of its own, over its own data folder and port. */
export class ServiceProcess {
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  /** As it is written. */
  stdout = '';
  complaints = '';
  hasEnded = false;
  private readonly child: ChildProcess;

  private constructor(
    readonly origin: string,
    environment: NodeJS.ProcessEnv,
    program: string,
  ) {
    this.child = spawn(process.execPath, [program], {
      env: { ...programEnvironment, LOG_LEVEL: 'error', DEMO: 'off', DRAIN_SECONDS: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (text) => (this.stdout += text));
    this.child.stderr!.on('data', (text) => (this.complaints += text));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        resolve({ code, signal });
      }),
    );
    begun.push(this);
  }

  static async begin(environment: NodeJS.ProcessEnv, program = main): Promise<ServiceProcess> {
    const port = environment.PORT ?? String(await freePort());
    return new ServiceProcess(`http://127.0.0.1:${port}`, { PORT: port, ...environment }, program);
  }

  /** Begins a service and waits until it listens. */
  static async started(environment: NodeJS.ProcessEnv, program = main): Promise<ServiceProcess> {
    const service = await ServiceProcess.begin(environment, program);
    await service.listens();
    return service;
  }

  async listens(): Promise<void> {
    await until('the service listens', () => this.hasEnded || this.output.includes(lastLine), 90_000);
    if (this.hasEnded) throw new Error(`The service ended instead of listening: ${this.output}${this.complaints}`);
  }

  /** Why it ended: the fatal lines of its log, where every line is JSON. */
  get failure(): string {
    const lines = this.stdout.trim().split('\n');
    const logged = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
    return logged.flatMap(({ level, msg }) => (level === FATAL ? [msg] : [])).join('\n');
  }

  /** What it printed, without what the log wraps around it. */
  get output(): string {
    return this.stdout.split('\n').map(toMessage).join('\n');
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to stop and waits. */
  async stop(): Promise<{ code: number | null; signal: string | null }> {
    this.kill('SIGTERM');
    return this.ended;
  }

  async statusOf(route: string): Promise<number> {
    return (await fetch(`${this.origin}${route}`)).status;
  }
}

function toMessage(line: string): string {
  try {
    return (JSON.parse(line) as { msg: string }).msg;
  } catch {
    return line;
  }
}

/** The embedded server of a data folder, seen from outside. */
export class EmbeddedFiles {
  readonly folder: string;
  readonly cluster: string;

  constructor(dataDir: string) {
    this.folder = resolveDataFolder(dataDir, () => undefined).folder;
    this.cluster = getClusterPath(this.folder);
  }

  /** The running server's process, or `null`. */
  get pid(): number | null {
    return findRunningPostmaster(this.cluster)?.pid ?? null;
  }

  get port(): number {
    return Number(fs.readFileSync(path.join(this.folder, 'port'), 'utf8'));
  }

  async connect(database = 'lease_console'): Promise<pg.Client> {
    const password = fs.readFileSync(path.join(this.folder, 'password'), 'utf8').trim();
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: 'lease_console',
      password,
      database,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { getClusterPath, serverEnvironment, type DataFolder } from './data-folder.js';
import { clearStalePidFile, findRunningPostmaster } from './postmaster.js';

/** The only role of an embedded server. */
export const ROLE = 'lease_console';

/** Below every system's range of ephemeral ports, so that an outgoing connection never takes one by chance. */
const PORTS = [20_000, 29_999] as const;
const FULL_LOG_BYTES = 10_000_000;
const ABANDONED_AFTER_MS = 15 * 60_000;
/** Of the system's address structure, in bytes. */
const MAX_SOCKET_PATH = 103;

export interface ServerSettings {
  /** `false` only in tests: a crash may then lose committed transactions, and the server also listens in its folder. */
  durable: boolean;
  maxConnections: number;
}

/** Creates the files of the database unless they exist. Of two processes at once, one creates them and both use them. */
export function createClusterOnce(place: DataFolder, bin: string, log: (line: string) => void): void {
  if (fs.existsSync(getClusterPath(place.folder))) return;
  log('PostgreSQL: first start, making the database files');
  removeAbandoned(path.dirname(place.folder));
  const temporaryFolder = path.join(path.dirname(place.folder), `.postgres-${randomBytes(6).toString('hex')}`);
  try {
    initialize({ ...place, folder: temporaryFolder }, bin);
    fs.renameSync(temporaryFolder, place.folder);
  } catch (error) {
    fs.rmSync(temporaryFolder, { recursive: true, force: true });
    if (!fs.existsSync(getClusterPath(place.folder))) throw error;
  }
}

export function readPassword(folder: string): string {
  return fs.readFileSync(path.join(folder, 'password'), 'utf8').trim();
}

/** The port that this folder's server always uses; a new one where another program has taken it. */
export async function choosePort(folder: string): Promise<number> {
  const file = path.join(folder, 'port');
  const stored = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  if (stored && (await isPortFree(stored))) return stored;
  let port: number;
  do port = randomInt(PORTS[0], PORTS[1] + 1);
  while (!(await isPortFree(port)));
  const temporaryFile = `${file}.${randomBytes(6).toString('hex')}`;
  fs.writeFileSync(temporaryFile, `${port}\n`);
  fs.renameSync(temporaryFile, file);
  return port;
}

/** Whether a server could listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * Starts a server and waits until it is ready or has ended.
 * @returns `null`, or PostgreSQL's last error message
 */
export async function startPostmaster(
  { folder, user }: DataFolder,
  bin: string,
  port: number,
  settings: ServerSettings,
): Promise<string | null> {
  const cluster = getClusterPath(folder);
  clearStalePidFile(cluster);
  const output = openLog(path.join(folder, 'server.log'));
  const from = fs.fstatSync(output).size;
  const child = spawn(path.join(bin, 'postgres'), ['-D', cluster, ...serverOptions(port, cluster, settings)], {
    ...user,
    cwd: '/',
    env: serverEnvironment,
    // In its own session, so that Ctrl-C in our terminal does not stop it.
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.unref();
  try {
    return (await waitUntilReady(child, cluster)) ? null : readLastError(output, from, child.pid);
  } finally {
    fs.closeSync(output);
  }
}

function serverOptions(port: number, cluster: string, { durable, maxConnections }: ServerSettings): string[] {
  const options: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    // The statement of a connection that was destroyed must not keep its locks, nor the server from stopping.
    client_connection_check_interval: '1s',
    // The service logs its own errors; here they would fill the disk over months.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
  };
  if (!durable) {
    Object.assign(options, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
    if (getSocketPath(cluster, port).length <= MAX_SOCKET_PATH) options.unix_socket_directories = cluster;
  }
  return Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

export function getSocketPath(cluster: string, port: number): string {
  return path.join(cluster, `.s.PGSQL.${port}`);
}

async function waitUntilReady(child: ChildProcess, cluster: string): Promise<boolean> {
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  child.once('error', () => (hasEnded = true));
  while (!hasEnded) {
    const running = findRunningPostmaster(cluster);
    if (running?.port && running.pid === child.pid) return true;
    await pause(20);
  }
  return false;
}

function openLog(file: string): number {
  if (fs.existsSync(file) && fs.statSync(file).size > FULL_LOG_BYTES) fs.renameSync(file, `${file}.old`);
  return fs.openSync(file, 'a+', 0o600);
}

/** Only lines of this process count: the server of another process may write to the same log at the same time. */
function readLastError(log: number, from: number, pid: number | undefined): string {
  const written = Buffer.alloc(Math.max(0, fs.fstatSync(log).size - from));
  fs.readSync(log, written, 0, written.length, from);
  const lines = written.toString('utf8').trim().split('\n');
  const own = lines.filter((line) => line.includes(` [${pid}] `) || !/^\d{4}-/.test(line));
  const lastError =
    own.filter((line) => /(FATAL|PANIC|ERROR):/.test(line)).at(-1) ??
    own.find((line) => !line.includes(` [${pid}] `)) ??
    own.at(-1);
  return lastError?.replace(/^.*?(FATAL|PANIC|ERROR|LOG): +/, '') || 'it ended without a message';
}

function initialize({ folder, user }: DataFolder, bin: string): void {
  const cluster = getClusterPath(folder);
  const passwordFile = path.join(folder, 'password');
  fs.mkdirSync(cluster, { recursive: true, mode: 0o755 });
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(cluster, 0o700);
  fs.writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (user) for (const owned of [cluster, passwordFile]) fs.chownSync(owned, user.uid, user.gid);
  const run = spawnSync(
    path.join(bin, 'initdb'),
    [
      '-D',
      cluster,
      '-U',
      ROLE,
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    { ...user, cwd: '/', env: serverEnvironment, encoding: 'utf8' },
  );
  if (run.status !== 0) {
    const reason = run.error?.message ?? run.stderr.trim().split('\n').at(-1);
    throw new Error(`PostgreSQL could not make its files in ${folder}: ${reason}`);
  }
}

/** Removes what a killed first start has left beside the folder. */
function removeAbandoned(parent: string): void {
  for (const name of fs.readdirSync(parent).filter((entry) => /^\.postgres-[0-9a-f]{12}$/.test(entry))) {
    const abandoned = path.join(parent, name);
    if (Date.now() - fs.statSync(abandoned).mtimeMs > ABANDONED_AFTER_MS)
      fs.rmSync(abandoned, { recursive: true, force: true });
  }
}

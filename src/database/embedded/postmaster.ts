import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A running server, by its postmaster.pid. */
export interface Postmaster {
  pid: number;
  /** `null` while it starts. */
  port: number | null;
}

/** An empty postmaster.pid is being written, or older than this and left behind by a crash. */
const EMPTY_FOR_TOO_LONG_MS = 5_000;

/** The server that runs on this cluster, also when another process started it, or `null`. */
export function findRunningPostmaster(cluster: string): Postmaster | null {
  const lines = readPidFile(cluster)?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 0 || !isServerOf(pid, cluster)) return null;
  return { pid, port: Number(lines[3]) || null };
}

/**
 * Removes a postmaster.pid whose pid now belongs to another program (pids repeat in containers): PostgreSQL would take that
 * program for a running server and never start.
 */
export function clearStalePidFile(cluster: string): void {
  const file = path.join(cluster, 'postmaster.pid');
  const content = readPidFile(cluster);
  const renamed = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    if (content === null || !isLeftBehind(file, content, cluster)) return;
    fs.renameSync(file, renamed);
    // A server that has started in between gets its file back.
    if (fs.readFileSync(renamed, 'utf8') !== content) fs.linkSync(renamed, file);
    fs.rmSync(renamed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * A fast shutdown: the server disconnects its clients and writes everything to disk.
 * @returns whether it ended within the time
 */
export async function stopPostmaster(cluster: string, withinMilliseconds: number): Promise<boolean> {
  const postmaster = findRunningPostmaster(cluster);
  if (!postmaster) return true;
  try {
    process.kill(postmaster.pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  const deadline = performance.now() + withinMilliseconds;
  while (findRunningPostmaster(cluster) || isServerOf(postmaster.pid, cluster)) {
    if (performance.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

function readPidFile(cluster: string): string | null {
  try {
    return fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isLeftBehind(file: string, content: string, cluster: string): boolean {
  if (content.trim() === '') return Date.now() - fs.statSync(file).mtimeMs > EMPTY_FOR_TOO_LONG_MS;
  const pid = Number(content.split('\n')[0]);
  return isAlive(pid) && !isServerOf(pid, cluster);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether that process is PostgreSQL on this cluster; a zombie is not. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const args = readCommand(pid);
  if (!args) return true;
  if (!path.basename(args[0] ?? '').startsWith('postgres')) return false;
  const folder = args[args.indexOf('-D') + 1];
  return !args.includes('-D') || (folder !== undefined && realPath(folder) === realPath(cluster));
}

/** The arguments of a process's command line; `null` where they are unknown. */
function readCommand(pid: number): string[] | null {
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // `ps` does not separate the arguments, so a postgres of any cluster counts as ours.
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes('postgres')
      ? null
      : [];
  } catch (error) {
    // The process has ended in between.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '') && !isAlive(pid)) return [];
    return null;
  }
}

function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

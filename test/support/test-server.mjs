import './loader-hooks.mjs';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, URL } from 'node:url';

export const TEMPLATE = 'template_lease_console';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const hash = createHash('sha256').update(`${checkout} ${os.userInfo().uid}`).digest('hex').slice(0, 16);
const inMemory = `/dev/shm/lease-console-${hash}`;
const onDisk = path.join(checkout, 'tmp');

/** Of a run, and of the services that its tests start. */
const NAME = /^(?:test-postgres|start)-(\d+)/;
const NEEDED_BYTES = 4 * 1024 ** 3;

let folder = null;

/**
 * This run's own data folder: in memory where there is room, since a database has 400 files, which the file system of a disk takes
 * four times as long to make.
 */
export function folderOfRun() {
  folder ??= path.join(hasRoom(path.dirname(inMemory)) ? inMemory : onDisk, `test-postgres-${process.pid}`);
  return folder;
}

function hasRoom(place) {
  try {
    fs.accessSync(place, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(place);
    return Math.min(bavail * bsize, process.availableMemory()) > NEEDED_BYTES;
  } catch {
    return false;
  }
}

/** What runs left that were killed before their teardown. */
export async function clearAwayKilledRuns() {
  for (const place of [inMemory, onDisk].filter((each) => fs.existsSync(each))) {
    for (const name of fs.readdirSync(place)) {
      const pid = Number(NAME.exec(name)?.[1]);
      if (pid && (pid === process.pid || !isAlive(pid))) await clearAway(path.join(place, name));
    }
  }
}

/** Stops the server, whoever is still connected, and leaves nothing behind. */
export async function clearAway(dataDir) {
  const { resolveDataFolder, getClusterPath } = await import('../../src/database/embedded/data-folder.ts');
  const { stopPostmaster } = await import('../../src/database/embedded/postmaster.ts');
  const { folder: serverFolder } = resolveDataFolder(dataDir, () => undefined);
  await stopPostmaster(getClusterPath(serverFolder), 10_000);
  fs.rmSync(dataDir, { recursive: true, force: true });
  // Below /var/lib where this checkout is closed to the server's user.
  fs.rmSync(path.dirname(serverFolder), { recursive: true, force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

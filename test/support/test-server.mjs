import '@swc-node/register/esm-register';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, URL } from 'node:url';

export const TEMPLATE = 'template_lease_console';

const temporary = fileURLToPath(new URL('../../tmp/', import.meta.url));
const NAME = /^test-postgres-(\d+)$/;

/** This run's own data folder, below the project's temporary folder. */
export function folderOfRun() {
  return path.join(temporary, `test-postgres-${process.pid}`);
}

/** What runs left that were killed before their teardown. */
export async function clearAwayKilledRuns() {
  fs.mkdirSync(temporary, { recursive: true });
  for (const name of fs.readdirSync(temporary)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (pid && (pid === process.pid || !isAlive(pid))) await clearAway(path.join(temporary, name));
  }
}

/** Stops the server, whoever is still connected, and leaves nothing behind. */
export async function clearAway(dataDir) {
  const { resolveDataFolder, getClusterPath } = await import('../../src/database/embedded/data-folder.ts');
  const { stopPostmaster } = await import('../../src/database/embedded/postmaster.ts');
  const { folder } = resolveDataFolder(dataDir, () => undefined);
  await stopPostmaster(getClusterPath(folder), 10_000);
  fs.rmSync(dataDir, { recursive: true, force: true });
  // Below /var/lib where this checkout is closed to the server's user.
  fs.rmSync(path.dirname(folder), { recursive: true, force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

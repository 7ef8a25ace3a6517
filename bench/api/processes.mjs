import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { fetch } from 'undici';

const { isPortFree } = await import('../../dist/src/database/embedded/cluster.js');

const root = fileURLToPath(new URL('../..', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const { scripts } = JSON.parse(fs.readFileSync(`${root}/package.json`, 'utf8'));
/** As `npm run start:prod` runs it, which is `exec node …`. */
const [, , ...productArgs] = scripts['start:prod'].split(' ');
const nodeFlags = productArgs.filter((arg) => arg.startsWith('--'));

/**
 * The built service in production over a migrated database, with its defaults for all but addresses and secrets.
 * @param options `profileFolder` is where it leaves a profile of its CPU time when it stops, `settings` are further ones
 */
export async function startProduct(databaseUrl, { profileFolder, settings } = {}) {
  const port = await findFreePort();
  const profiling = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  return start('product', port, [...profiling, ...productArgs], {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    SESSION_SECRET: 'a session secret of the bench that is long enough',
    SECRETS_KEYS: 'a secrets key of the bench that is long enough',
    DEMO: 'off',
    REQUIRE_MFA: 'off',
    DRAIN_SECONDS: '0',
    ...settings,
  });
}

export async function startFloor(databaseUrl) {
  const port = await findFreePort();
  return start('floor', port, [...nodeFlags, 'bench/floor/floor.mjs'], {
    FLOOR_DATABASE_URL: databaseUrl,
    PORT: String(port),
  });
}

/** @returns where it answers, how long its first answer took, and what ends it */
async function start(name, port, args, settings) {
  fs.mkdirSync(`${root}/tmp`, { recursive: true });
  const logFile = `${root}/tmp/bench-${name}.log`;
  const log = fs.openSync(logFile, 'w');
  const began = performance.now();
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...settings },
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  const exited = once(child, 'exit');
  // Nothing outlives a bench that fails.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const origin = `http://127.0.0.1:${port}`;
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || performance.now() - began > START_TIMEOUT_MS) {
      kill();
      throw new Error(`${name} did not start: ${fs.readFileSync(logFile, 'utf8').slice(-500)}`);
    }
    await pause(5);
  }
  return {
    origin,
    startMs: performance.now() - began,
    readMemoryBytes: () => readMemoryBytes(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      process.off('exit', kill);
    },
  };
}

async function isReady(origin) {
  try {
    const response = await fetch(`${origin}/readyz`);
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

/** What the process holds in memory; `null` where the system has no `/proc`. */
function readMemoryBytes(pid) {
  const file = `/proc/${pid}/status`;
  if (!fs.existsSync(file)) return null;
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(file, 'utf8'))[1]) * 1_024;
}

/** Below the range of outgoing connections. */
async function findFreePort() {
  for (;;) {
    const port = randomInt(10_000, 20_000);
    if (await isPortFree(port)) return port;
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ReadySettings } from '../../src/config/settings.js';

const SERVE = fileURLToPath(new URL('./serve.ts', import.meta.url));
const LOADER_HOOKS = new URL('./loader-hooks.mjs', import.meta.url).href;
const SHIFTED_DATE = new URL('./shifted-date.mjs', import.meta.url).href;

/** A service in a process of its own. */
export interface ServiceProcess {
  baseUrl: string;
  /** Sets its wall clock. @param aheadMs of the machine's */
  setWallClock(aheadMs: number): void;
  stop(): Promise<void>;
}

/** Starts a service over that database in another process. @param clockAheadMs how far its wall clock is ahead of the machine's */
export async function startProcess(
  databaseUrl: string,
  overrides: Partial<ReadySettings> = {},
  clockAheadMs = 0,
): Promise<ServiceProcess> {
  const child = fork(SERVE, [databaseUrl, JSON.stringify(overrides)], {
    execArgv: ['--import', LOADER_HOOKS, '--import', SHIFTED_DATE],
    env: { ...process.env, NODE_OPTIONS: '', CLOCK_AHEAD_MS: String(clockAheadMs) },
  });
  const exited = once(child, 'exit');
  const [port] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`The service process ended with ${code}.`))),
  ])) as [number];
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    setWallClock: (aheadMs) => void child.send({ aheadMs }),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

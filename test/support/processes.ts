import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ReadySettings } from '../../src/config/settings.js';

const SERVE = fileURLToPath(new URL('./serve.ts', import.meta.url));

/** A service in a process of its own. */
export interface ServiceProcess {
  baseUrl: string;
  stop(): Promise<void>;
}

/** Starts a service over that database in another process. */
export async function startProcess(
  databaseUrl: string,
  overrides: Partial<ReadySettings> = {},
): Promise<ServiceProcess> {
  const child = fork(SERVE, [databaseUrl, JSON.stringify(overrides)], {
    execArgv: ['--import', '@swc-node/register/esm-register'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  const [port] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`The service process ended with ${code}.`))),
  ])) as [number];
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

import { LayersError } from './errors.js';
import type { Runtime } from './options.js';

/** @throws LayersError in a page or a worker of a browser, where everybody could read the key */
export function refuseBrowsers(scope: Record<string, unknown> = globalThis as Record<string, unknown>): void {
  const isPage = scope.window !== undefined && scope.document !== undefined;
  const isWorker = typeof scope.importScripts === 'function' || scope.WorkerGlobalScope !== undefined;
  if (isPage || isWorker) {
    throw new LayersError(
      'This client does not run in a browser: everybody who opens the page could read the API key.',
    );
  }
}

export const systemRuntime: Runtime = {
  now: () => performance.now(),
  random: Math.random,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(finish, ms, false);
      const abort = () => finish(true);
      signal?.addEventListener('abort', abort, { once: true });
      function finish(isAborted: boolean): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        if (isAborted) reject(signal!.reason as Error);
        else resolve();
      }
    }),
};

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** Clients that are told the same `Retry-After` come back apart. */
const SPREAD_MS = 250;

/**
 * Milliseconds before the next try.
 * @param retries those that were made
 * @param retryAfter seconds
 */
export function getRetryDelay(retries: number, retryAfter: number | null, random: () => number): number {
  if (retryAfter !== null) return retryAfter * 1_000 + SPREAD_MS * random();
  const longest = Math.min(FIRST_DELAY_MS * 2 ** retries, LONGEST_DELAY_MS);
  return longest * (0.5 + 0.5 * random());
}

/** Seconds from a `Retry-After`, which is a number of them or a date. */
export function parseRetryAfter(value: string | null, nowMs = Date.now()): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}

import { isDeepStrictEqual } from 'node:util';
import { ConnectionError, RateLimited, TimeoutError, Unavailable } from './errors.js';
import { toMilliseconds, type RequestOptions } from './options.js';
import type { Transport } from './transport.js';
import type { LeaseRequest } from './types.js';

export interface WaitOptions {
  signal?: AbortSignal | undefined;
  /** Called with the request as it is first, and after each change. */
  onProgress?: ((request: LeaseRequest) => void) | undefined;
  /** Milliseconds for the whole wait; without it there is no end. */
  timeout?: number | undefined;
  projectId?: string | undefined;
}

/** Others may come, and are waited through. */
const finalStatuses: readonly LeaseRequest['status'][] = ['assigned', 'partial', 'rejected'];

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
/** The last read is that long before the end, so that there is time for its answer. */
const LAST_READ_MS = 2_000;

/**
 * Reads the request after 5 s, then less and less often, down to once in 5 minutes. Failures that pass are waited through after the first read.
 * @throws TimeoutError after `timeout`; the signal’s reason; whatever the first read throws
 */
export async function waitForRequest(
  requestId: string,
  read: (options: RequestOptions) => Promise<LeaseRequest>,
  { signal, onProgress, timeout }: WaitOptions,
  { runtime, logger }: Transport,
): Promise<LeaseRequest> {
  const deadline = timeout === undefined ? Infinity : runtime.now() + toMilliseconds('timeout', timeout);
  let seen: LeaseRequest | null = null;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    let pauseMs = waitMs;
    let failure: Error | null = null;
    try {
      const request = await read({ signal, ...limitedTo(deadline - runtime.now()) });
      if (!isDeepStrictEqual(request, seen)) onProgress?.(request);
      seen = request;
      if (finalStatuses.includes(request.status)) return request;
    } catch (error) {
      if (!seen || !isPassing(error) || signal?.aborted) throw error;
      if (error instanceof RateLimited) pauseMs = Math.max(waitMs, (error.retryAfter ?? 0) * 1_000);
      failure = error;
    }
    const leftMs = deadline - runtime.now();
    if (leftMs <= LAST_READ_MS) {
      if (leftMs > 0) await runtime.sleep(leftMs, signal);
      throw toTimeout(requestId, timeout!, seen, failure);
    }
    if (failure) logger?.warn('still waiting', { requestId, error: failure.message });
    await runtime.sleep(Math.min(pauseMs, leftMs - LAST_READ_MS), signal);
    // A machine that slept wakes up later.
    if (runtime.now() >= deadline) throw toTimeout(requestId, timeout!, seen, failure);
  }
}

function isPassing(error: unknown): error is RateLimited | Unavailable | ConnectionError {
  return error instanceof RateLimited || error instanceof Unavailable || error instanceof ConnectionError;
}

function limitedTo(leftMs: number): { timeout?: number } {
  return Number.isFinite(leftMs) ? { timeout: Math.max(1, leftMs) } : {};
}

function toTimeout(requestId: string, timeoutMs: number, seen: LeaseRequest, cause: Error | null): TimeoutError {
  const { status, assignedCount, count } = seen;
  const message = `The request ${requestId} is still ${status} after ${timeoutMs / 1_000} s: ${assignedCount} of ${count} assigned.`;
  return new TimeoutError(message, cause ? { cause } : {});
}

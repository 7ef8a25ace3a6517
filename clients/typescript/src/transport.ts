import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { toRateLimit, type WithResponse } from './api-promise.js';
import { ApiError, ConnectionError, RateLimited, TimeoutError, toApiError, Unavailable } from './errors.js';
import {
  RUNTIME,
  toMilliseconds,
  toSettings,
  toWholeNumber,
  type ClientOptions,
  type RequestOptions,
  type Runtime,
  type Settings,
} from './options.js';
import { getRetryDelay, parseRetryAfter, systemRuntime } from './runtime.js';
import type { HttpMethod } from './types.js';
import { VERSION } from './version.js';

/** The service answers within 5 s, so that a try without an answer was lost on the way. */
const TRY_TIMEOUT_MS = 30_000;

export interface Call {
  method: HttpMethod;
  /** As the OpenAPI document has it. */
  route: string;
  /** What stands for the names in braces. */
  params?: Record<string, string | undefined>;
  query?: object;
  body?: object;
  options: RequestOptions | undefined;
}

/** A call with all that is the same in each of its tries. */
interface PreparedCall {
  method: string;
  path: string;
  url: URL;
  headers: Headers;
  body: string | undefined;
  /** `null` for reads. */
  idempotencyKey: string | null;
}

/** Sends calls and repeats them. Its fields are private to the engine too, so that no inspection shows the key. */
export class Transport {
  readonly #options: ClientOptions;
  readonly #settings: Settings;
  readonly #runtime: Runtime;

  /** @throws LayersError where the options cannot be meant */
  constructor(options: ClientOptions & { [RUNTIME]?: Runtime }) {
    this.#options = options;
    this.#settings = toSettings(options);
    this.#runtime = options[RUNTIME] ?? systemRuntime;
  }

  get runtime(): Runtime {
    return this.#runtime;
  }

  get logger(): Settings['logger'] {
    return this.#settings.logger;
  }

  /** The options of a client that is like this one but for those. */
  optionsWith(changes: ClientOptions): ClientOptions {
    return { ...this.#options, ...changes };
  }

  /**
   * @throws ApiError for every answer but a success
   * @throws ConnectionError where no whole answer came; TimeoutError where the time is over; the signal’s reason where it was aborted
   */
  async send<T>(call: Call): Promise<WithResponse<T>> {
    const { timeout, maxRetries } = this.#settings;
    const options = call.options ?? {};
    const timeoutMs = toMilliseconds('timeout', options.timeout ?? timeout);
    const retryLimit = toWholeNumber('maxRetries', options.maxRetries ?? maxRetries);
    const prepared = this.#prepare(call, options);
    const { now, sleep } = this.#runtime;
    const deadline = now() + timeoutMs;

    let lastError: unknown;
    for (let retries = 0; ; retries += 1) {
      const leftMs = deadline - now();
      if (leftMs <= 0) throw this.#toTimeout(prepared, timeoutMs, retries, lastError);
      try {
        return await this.#try<T>(prepared, leftMs, retries, options.signal);
      } catch (error) {
        if (error === OUT_OF_TIME) throw this.#toTimeout(prepared, timeoutMs, retries + 1, lastError);
        const delayMs = this.#getDelay(error, retries);
        if (delayMs === null || retries >= retryLimit || now() + delayMs >= deadline) throw error;
        lastError = error;
        const { method, path } = prepared;
        this.#settings.logger?.warn('retrying', { method, path, retry: retries + 1, delayMs: Math.round(delayMs) });
        await sleep(delayMs, options.signal);
      }
    }
  }

  /** @returns `null` where a retry would not help, or only after too long */
  #getDelay(error: unknown, retries: number): number | null {
    const isRefused = error instanceof RateLimited || error instanceof Unavailable;
    if (!isRefused && !(error instanceof ConnectionError)) return null;
    const retryAfter = isRefused ? error.retryAfter : null;
    if (retryAfter !== null && retryAfter * 1_000 > this.#settings.maxRetryDelay) return null;
    return getRetryDelay(retries, retryAfter, this.#runtime.random);
  }

  #prepare({ method, route, params = {}, query = {}, body }: Call, options: RequestOptions): PreparedCall {
    const { apiKey, baseUrl, defaultHeaders } = this.#settings;
    const path = toPath(route, params);
    const url = new URL(`${baseUrl}${path}`);
    for (const [name, value] of toPairs(query)) url.searchParams.append(name, value);

    const headers = new Headers(defaultHeaders);
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
    headers.set('Authorization', `Bearer ${apiKey}`);
    headers.set('Accept', 'application/json');
    if (!headers.has('User-Agent'))
      headers.set('User-Agent', `layers-partner/${VERSION} node/${process.versions.node}`);
    if (body !== undefined) headers.set('Content-Type', 'application/json');

    if (method === 'get') headers.delete('Idempotency-Key');
    else if (options.idempotencyKey !== undefined) headers.set('Idempotency-Key', options.idempotencyKey);
    else if (!headers.has('Idempotency-Key')) headers.set('Idempotency-Key', randomUUID());
    const idempotencyKey = headers.get('Idempotency-Key');
    return { method: method.toUpperCase(), path, url, headers, body: body && JSON.stringify(body), idempotencyKey };
  }

  async #try<T>(call: PreparedCall, leftMs: number, retries: number, signal?: AbortSignal): Promise<WithResponse<T>> {
    signal?.throwIfAborted();
    const isLast = leftMs <= TRY_TIMEOUT_MS;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(OUT_OF_TIME), Math.min(leftMs, TRY_TIMEOUT_MS));
    const abort = () => controller.abort(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      // Not every fetch that is given listens to its signal.
      return await Promise.race([
        this.#exchange<T>(call, retries, controller.signal),
        rejectOnAbort(controller.signal),
      ]);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!controller.signal.aborted || error instanceof ApiError) throw error;
      if (isLast) throw OUT_OF_TIME;
      throw this.#toConnectionError(call, `no answer within ${TRY_TIMEOUT_MS / 1_000} s`);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #exchange<T>(call: PreparedCall, retries: number, signal: AbortSignal): Promise<WithResponse<T>> {
    const { fetch, logger } = this.#settings;
    const { method, path, url, headers, body } = call;
    const startedAt = this.#runtime.now();
    let response: Response | undefined;
    let bytes: Buffer;
    try {
      // A redirect would turn a POST into a GET.
      const init: RequestInit = { method, headers, signal, redirect: 'manual' };
      response = await fetch(url.href, body === undefined ? init : { ...init, body });
      bytes = Buffer.from(await response.arrayBuffer());
    } catch (error) {
      logger?.debug('call failed', { method, path, retries, durationMs: Math.round(this.#runtime.now() - startedAt) });
      if (response && isFinal(response) && !signal.aborted) throw this.#toApiError(call, response, null);
      throw this.#toConnectionError(call, describe(error), error);
    }
    const requestId = response.headers.get('X-Request-Id');
    const durationMs = Math.round(this.#runtime.now() - startedAt);
    logger?.debug('call answered', { method, path, status: response.status, requestId, retries, durationMs });

    const json = parseObject(bytes);
    if (isCutOff(response, bytes) && !isFinal(response)) throw this.#toConnectionError(call, 'the answer was cut off');
    if (!response.ok) throw this.#toApiError(call, response, json);
    if (json === null) throw this.#toConnectionError(call, `the answer (${response.status}) is not JSON`);
    const replayed = response.headers.get('Idempotent-Replayed') === 'true';
    return { data: json as T, response, requestId, replayed, rateLimit: toRateLimit(response.headers) };
  }

  #toApiError(call: PreparedCall, response: Response, json: object | null): Error {
    const { status, headers } = response;
    const retryAfter = parseRetryAfter(headers.get('Retry-After'));
    const { idempotencyKey } = call;
    const error = toErrorBody(json);
    if (error) {
      const requestId = error.requestId ?? headers.get('X-Request-Id');
      const message = this.#redact(error.message);
      return toApiError({ ...error, status, message, requestId, retryAfter, idempotencyKey });
    }
    const place = headers.get('Location');
    const message = `${call.method} ${call.path}: answered ${status}${place ? ` to ${place}` : ''}, not by the API`;
    const requestId = headers.get('X-Request-Id');
    const code = codeOfProxy[status] ?? 'UNKNOWN';
    return toApiError({
      status,
      code,
      message: this.#redact(message),
      requestId,
      details: {},
      retryAfter,
      idempotencyKey,
    });
  }

  #toTimeout({ method, path, idempotencyKey }: PreparedCall, timeoutMs: number, tries: number, cause: unknown): Error {
    const message = `${method} ${path}: not done within ${timeoutMs / 1_000} s (${tries} ${tries === 1 ? 'try' : 'tries'})`;
    return new TimeoutError(message, { cause, idempotencyKey });
  }

  #toConnectionError({ method, path, idempotencyKey }: PreparedCall, what: string, cause?: unknown): ConnectionError {
    // A fetch that was given may put the headers into its errors.
    const isTelling = inspect(cause, { depth: 8, showHidden: true }).includes(this.#settings.apiKey);
    return new ConnectionError(this.#redact(`${method} ${path}: ${what}`), {
      cause: isTelling ? undefined : cause,
      idempotencyKey,
    });
  }

  #redact(text: string): string {
    return text.replaceAll(this.#settings.apiKey, '[the API key]');
  }
}

/** The reason of a try that was given up because of the time. */
const OUT_OF_TIME = Symbol('out of time');

/** What an answer without an envelope means. */
const codeOfProxy: Record<number, string> = {
  429: 'RATE_LIMITED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** @throws TypeError for an id that would lead to another path */
function toPath(route: string, params: Record<string, string | undefined>): string {
  return route.replace(/\{(\w+)\}/g, (_braces, name: string) => {
    const value = params[name];
    if (typeof value !== 'string' || ['', '.', '..'].includes(value)) throw new TypeError(`${name} has to be an id.`);
    return encodeURIComponent(value);
  });
}

/** `metadata: { campaign: 'spring' }` becomes `metadata[campaign]=spring`; what is undefined is left out. */
function toPairs(query: object): [string, string][] {
  return Object.entries(query).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (typeof value !== 'object' || value === null) return [[name, String(value)]];
    return Object.entries(value as object).map(([key, inner]) => [`${name}[${key}]`, String(inner)]);
  });
}

function parseObject(bytes: Buffer): object | null {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof json === 'object' && !Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

/** The length of a compressed answer is another one than that of its text. */
function isCutOff({ headers }: Response, bytes: Buffer): boolean {
  const length = headers.get('Content-Length');
  return length !== null && !headers.has('Content-Encoding') && Number(length) !== bytes.length;
}

/** A refusal that stays one, however much of its body came. */
function isFinal({ status }: Response): boolean {
  return status >= 300 && !(status in codeOfProxy);
}

function toErrorBody(json: object | null) {
  const error = (json as { error?: Record<string, unknown> } | null)?.error;
  if (typeof error !== 'object' || error === null || typeof error.code !== 'string') return null;
  return {
    code: error.code,
    message: typeof error.message === 'string' ? error.message : error.code,
    requestId: typeof error.requestId === 'string' ? error.requestId : null,
    details: (error.details ?? {}) as Record<string, unknown>,
  };
}

/** The innermost cause: fetch itself only says that it failed. */
function describe(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message || inner.name : 'no connection';
}

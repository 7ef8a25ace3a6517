import { LayersError } from './errors.js';

/** What is told of each call, without its body and its key. The console is one. */
export interface Logger {
  debug(message: string, facts: Record<string, unknown>): void;
  warn(message: string, facts: Record<string, unknown>): void;
}

export interface ClientOptions {
  /** `lp_live_…` or `lp_test_…`; without it `LAYERS_API_KEY` of the environment. */
  apiKey?: string | undefined;
  /** Without it `LAYERS_BASE_URL` of the environment, then https://api.layers.com. */
  baseUrl?: string | undefined;
  /** Milliseconds for a call with all its tries and the waits between them. 60,000 by default. */
  timeout?: number | undefined;
  /** Tries after the first. 8 by default. */
  maxRetries?: number | undefined;
  /** Milliseconds. A `Retry-After` that is longer raises the error at once. 60,000 by default. */
  maxRetryDelay?: number | undefined;
  logger?: Logger | undefined;
  /** In place of the global `fetch`, to use a proxy, say. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sent with every call. */
  defaultHeaders?: Record<string, string> | undefined;
}

export interface RequestOptions {
  /** A UUID or ULID. Without it each write makes one, and sends it with every try. */
  idempotencyKey?: string | undefined;
  /** As the client’s, for this call. */
  timeout?: number | undefined;
  /** As the client’s, for this call. */
  maxRetries?: number | undefined;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
}

export interface Settings {
  apiKey: string;
  /** Without a slash at the end. */
  baseUrl: string;
  timeout: number;
  maxRetries: number;
  maxRetryDelay: number;
  logger: Logger | null;
  fetch: typeof globalThis.fetch;
  defaultHeaders: Record<string, string>;
}

/** The clock and chance of retries, which tests replace. */
export interface Runtime {
  now(): number;
  /** Rejects with the signal’s reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

/** The name of the option that takes a {@link Runtime}; it is not exported by the package. */
export const RUNTIME = Symbol('runtime');

export const DEFAULT_BASE_URL = 'https://api.layers.com';

/** @throws LayersError where there is no key, or something that cannot be meant */
export function toSettings(options: ClientOptions): Settings {
  return {
    apiKey: toApiKey(options.apiKey ?? process.env.LAYERS_API_KEY),
    baseUrl: toBaseUrl(options.baseUrl ?? process.env.LAYERS_BASE_URL ?? DEFAULT_BASE_URL),
    timeout: toMilliseconds('timeout', options.timeout ?? 60_000),
    maxRetries: toWholeNumber('maxRetries', options.maxRetries ?? 8),
    maxRetryDelay: toMilliseconds('maxRetryDelay', options.maxRetryDelay ?? 60_000),
    logger: options.logger ?? null,
    fetch: options.fetch ?? globalThis.fetch,
    defaultHeaders: { ...options.defaultHeaders },
  };
}

function toApiKey(apiKey: string | undefined): string {
  if (!apiKey) throw new LayersError('There is no API key: give apiKey, or set LAYERS_API_KEY.');
  // Not shown: it may be a key that was copied with something around it.
  if (!/^lp_[!-~]+$/.test(apiKey))
    throw new LayersError(
      'The API key is not a whole one: keys begin with lp_ and have letters, digits, _ and - alone. Give the one that was shown to you.',
    );
  return apiKey;
}

function toBaseUrl(baseUrl: string): string {
  const url = parseUrl(baseUrl);
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new LayersError('baseUrl has to be an http or https URL without credentials, query and fragment.');
  }
  if (/\/v1\/*$/.test(url.pathname)) throw new LayersError('baseUrl has to be without /v1.');
  return url.href.replace(/\/+$/, '');
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** Timers hold 31 bits. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

export function toMilliseconds(name: string, value: number): number {
  if (value > 0 && value <= MAX_MILLISECONDS) return value;
  throw new LayersError(`${name} has to be a number of milliseconds from 1 to ${MAX_MILLISECONDS}.`);
}

export function toWholeNumber(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new LayersError(`${name} has to be a whole number, at least 0.`);
}

import { createHmac, randomBytes } from 'node:crypto';
import { ConnectionError, RateLimited, Unavailable } from '../errors.js';
import type { Layers } from '../layers.js';
import { systemRuntime } from '../runtime.js';
import type { EventPage, LayersEvent } from '../types.js';
import { UsageError, type Output } from './command.js';
import { findEnd } from './event-log.js';
import { triggers } from './triggers.js';

interface ListenOptions {
  forwardTo: string | undefined;
  /** Types, with commas between them. */
  events: string | undefined;
  secret: string | undefined;
  /** The id of an event. */
  since: string | undefined;
}

interface Target {
  url: string;
  secret: string;
  /** `null`: all of them. */
  types: Set<string> | null;
}

const eventTypes = Object.keys(triggers);

const POLL_MS = 2_000;
const OUTAGE_MS = 5_000;
/** As long as the service itself waits for a receiver. */
const ANSWER_MS = 10_000;
/** Before each try after the first, while nobody listens at the URL. */
const waitsMs = [1_000, 2_000, 4_000, 8_000];

const { sleep } = systemRuntime;

/** Until Ctrl-C. @returns the exit code */
export async function listen(client: Layers, options: ListenOptions, output: Output): Promise<number> {
  const target = toTarget(options);
  const stop = new AbortController();
  const abort = () => stop.abort();
  process.on('SIGINT', abort).on('SIGTERM', abort);
  try {
    await forwardAll(client, target, options, output, stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}

function toTarget({ forwardTo, events, secret }: ListenOptions): Target {
  if (forwardTo === undefined)
    throw new UsageError('Say where to: layers listen --forward-to http://localhost:4000/hook.');
  if (!/^https?:\/\/\S+$/.test(forwardTo)) throw new UsageError('--forward-to has to be an http or https URL.');
  if (secret === '') throw new UsageError('--secret is empty.');
  const types = events?.split(',').map((type) => type.trim());
  const unknown = types?.filter((type) => !eventTypes.includes(type));
  if (unknown?.length) {
    throw new UsageError(`There is no event ${unknown.join(', ')}: layers trigger --list has those that there are.`);
  }
  return {
    url: forwardTo,
    secret: secret ?? `whsec_${randomBytes(32).toString('base64url')}`,
    types: types ? new Set(types) : null,
  };
}

async function forwardAll(
  client: Layers,
  target: Target,
  { since, secret }: ListenOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { organizationName } = await client.whoami({ signal });
  let after = since ?? (await findEnd(client, signal));
  const which = since === undefined ? 'from now on (--since begins earlier)' : `after ${since}`;
  output.print(`Forwarding the events of ${organizationName} ${which} to ${target.url}. Ctrl-C ends it.`);
  if (secret === undefined) output.print(`Signing secret: ${target.secret}`);
  for (;;) {
    const page = await readPage(client, after, output, signal);
    for (const event of page.items) {
      if (target.types?.has(event.type) ?? true) await forward(event, target, output, signal);
    }
    after = page.nextCursor;
    if (!page.hasMore) await sleep(POLL_MS, signal);
  }
}

/** Waits through outages. */
async function readPage(client: Layers, after: string, output: Output, signal: AbortSignal): Promise<EventPage> {
  for (;;) {
    try {
      return await client.events.list({ after, limit: 500 }, { signal });
    } catch (error) {
      const isPassing = [ConnectionError, Unavailable, RateLimited].some((one) => error instanceof one);
      if (!isPassing || signal.aborted) throw error;
      output.complain(`${(error as Error).message}. Trying again.`);
      await sleep(OUTAGE_MS, signal);
    }
  }
}

/** Repeats what did not arrive; an answer is shown, whatever it is. */
async function forward(
  event: LayersEvent,
  { url, secret }: Target,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const label = `${event.type}  ${event.id}`;
  for (const waitMs of [...waitsMs, null]) {
    const startedAt = performance.now();
    try {
      const status = await post(event, url, secret, signal);
      const durationMs = Math.round(performance.now() - startedAt);
      output.print(`${clock()}  ${label}  ${status}  ${durationMs} ms`);
      return;
    } catch (error) {
      signal.throwIfAborted();
      const next = waitMs === null ? 'given up' : `again in ${waitMs / 1_000} s`;
      output.print(`${clock()}  ${label}  ${describe(error)}, ${next}`);
      if (waitMs !== null) await sleep(waitMs, signal);
    }
  }
}

/** The status of the answer. */
async function post(event: LayersEvent, url: string, secret: string, signal: AbortSignal): Promise<number> {
  const body = JSON.stringify(event);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error(`no answer within ${ANSWER_MS / 1_000} s`)), ANSWER_MS);
  const abort = () => timeout.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'Layers-Webhooks/1',
      'X-Layers-Event-Id': event.id,
      'X-Layers-Signature': sign(body, secret),
    };
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: timeout.signal });
    await response.body?.cancel();
    return response.status;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function sign(body: string, secret: string): string {
  const seconds = Math.floor(Date.now() / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

function describe(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

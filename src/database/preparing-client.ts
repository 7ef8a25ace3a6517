import { createHash } from 'node:crypto';
import pg from 'pg';

const MOST_NAMES = 500;
const MOST_PLACEHOLDERS = 40;
const NAMED_FROM = 3;

const timesSeen = new Map<string, number>();
const names = new Map<string, string>();
let generation = 0;

/** The name under which a text is prepared, once it has been seen often enough to be worth a plan on every connection. */
function nameOf(text: string, placeholders: number): string | undefined {
  const known = names.get(text);
  if (known) return known;
  if (placeholders > MOST_PLACEHOLDERS || names.size >= MOST_NAMES) return undefined;
  const seen = (timesSeen.get(text) ?? 0) + 1;
  if (seen < NAMED_FROM) {
    if (timesSeen.size < 10 * MOST_NAMES) timesSeen.set(text, seen);
    return undefined;
  }
  timesSeen.delete(text);
  const name = `p${generation}_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}

type QueryArguments = [text: unknown, values?: unknown, callback?: unknown];
type AnyQuery = (...args: unknown[]) => unknown;

/**
 * A pg client that prepares every statement with values: planning one costs PostgreSQL more than running it.
 * It also gives up on a server that went silent, by destroying the socket: pg's own `query_timeout` would leave the transaction open.
 */
export class PreparingClient extends pg.Client {
  static prepares = true;
  /** Milliseconds without an answer after which the connection is destroyed; 0 waits for ever. */
  static silenceMilliseconds = 45_000;

  /** After a migration under a running service every connection has to prepare anew. */
  static forgetPlans(): void {
    generation += 1;
    names.clear();
  }

  private static readonly open = new Set<PreparingClient>();

  /** Drops every connection of this process: its last deed at a database. */
  static destroyOpen(): void {
    for (const client of PreparingClient.open) client.destroy();
  }

  private waiting = 0;
  private silence: NodeJS.Timeout | undefined;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // A connection that breaks while nobody listens to it would end the process; its queries and the pool learn of it anyway.
    this.on('error', () => undefined);
    this.once('connect', () => PreparingClient.open.add(this));
    this.once('end', () => PreparingClient.open.delete(this));
  }

  /** Drops the connection at once; the pool never hands it out again. */
  destroy(): void {
    (this as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection.stream.destroy(
      new Error('Connection terminated: given up by this side'),
    );
  }

  // pg's overloads cannot be written by a subclass that only passes them on.
  override query: pg.Client['query'] = ((...args: QueryArguments) =>
    this.watched(args)) as unknown as pg.Client['query'];

  private watched(args: QueryArguments): unknown {
    const send = pg.Client.prototype.query as unknown as AnyQuery;
    const result = send.apply(this, prepared(args));
    if (PreparingClient.silenceMilliseconds > 0 && result instanceof Promise) {
      this.waiting += 1;
      this.armSilence();
      const settled = () => {
        this.waiting -= 1;
        this.armSilence();
      };
      result.then(settled, settled);
    }
    return result;
  }

  private armSilence(): void {
    clearTimeout(this.silence);
    if (this.waiting === 0) return;
    this.silence = setTimeout(() => this.destroy(), PreparingClient.silenceMilliseconds);
    this.silence.unref();
  }
}

function prepared([text, values, callback]: QueryArguments): unknown[] {
  if (typeof text === 'string' && Array.isArray(values) && values.length > 0 && PreparingClient.prepares) {
    const name = nameOf(text, values.length);
    if (name) return [{ name, text, values }, callback];
  }
  if (!PreparingClient.prepares && typeof text === 'object' && text !== null && 'name' in text) {
    const { name: _name, ...unnamed } = text as Record<string, unknown>;
    return [unnamed, values, callback];
  }
  return [text, values, callback];
}

import pg from 'pg';
import { statementName } from '../core/statement-names.js';

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

  private static readonly open = new Set<PreparingClient>();

  /** Drops every connection of this process: its last deed at a database. */
  static destroyOpen(): void {
    for (const client of PreparingClient.open) client.destroy();
  }

  private waiting = 0;
  private silenceTimer: NodeJS.Timeout | undefined;

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
    this.sendWatched(args)) as unknown as pg.Client['query'];

  private sendWatched(args: QueryArguments): unknown {
    const send = pg.Client.prototype.query as unknown as AnyQuery;
    const result = send.apply(this, withStatementName(args));
    if (PreparingClient.silenceMilliseconds > 0 && result instanceof Promise) {
      this.waiting += 1;
      this.resetSilenceTimer();
      const settled = () => {
        this.waiting -= 1;
        this.resetSilenceTimer();
      };
      result.then(settled, settled);
    }
    return result;
  }

  private resetSilenceTimer(): void {
    clearTimeout(this.silenceTimer);
    if (this.waiting === 0) return;
    this.silenceTimer = setTimeout(() => this.destroy(), PreparingClient.silenceMilliseconds);
    this.silenceTimer.unref();
  }
}

function withStatementName([text, values, callback]: QueryArguments): unknown[] {
  if (typeof text === 'string' && Array.isArray(values) && values.length > 0 && PreparingClient.prepares) {
    const name = statementName(text, values.length);
    if (name) return [{ name, text, values }, callback];
  }
  if (!PreparingClient.prepares && typeof text === 'object' && text !== null && 'name' in text) {
    const { name: _name, ...unnamed } = text as Record<string, unknown>;
    return [unnamed, values, callback];
  }
  return [text, values, callback];
}

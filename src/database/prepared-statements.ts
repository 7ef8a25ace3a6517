import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { PooledConnection } from '../core/connection-pool.js';
import { getSqlState, isStatementDropped, markAsConnectionError } from '../core/database-errors.js';
import { noteDroppedStatements, statementName } from '../core/statement-names.js';

type QueryArguments = [text: unknown, values?: unknown, callback?: unknown];
type AnyQuery = (...args: unknown[]) => unknown;
type ErrorCallback = (error?: Error) => void;

const READ_ONLY = '25006';

/**
 * A pg client that prepares statements with values: planning one costs PostgreSQL more than running it.
 * It also destroys the socket when the server stops answering: pg's own `query_timeout` would leave the transaction open.
 */
export class PreparingClient extends pg.Client implements PooledConnection {
  static prepares = true;
  /** Milliseconds without an answer after which the connection is destroyed; 0 means never. */
  static silenceMilliseconds = 45_000;

  private static readonly open = new Set<PreparingClient>();

  /** Drops every connection of this process, at its end. */
  static destroyOpen(): void {
    for (const client of PreparingClient.open) client.destroy();
  }

  private pendingQueries = 0;
  /** Whether a statement failed since the connection was last idle. */
  private hasFailed = false;
  private silenceTimer: NodeJS.Timeout | undefined;
  private silenceTimerMs = 0;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Without a listener a broken connection would end the process; its queries and the pool get the error anyway.
    this.on('error', () => undefined);
    this.once('connect', () => PreparingClient.open.add(this));
    this.once('end', () => {
      clearTimeout(this.silenceTimer);
      PreparingClient.open.delete(this);
    });
  }

  destroy(): void {
    this.stream.destroy(new Error('Connection terminated: given up by this side'));
  }

  sendTogether<T>(send: () => T): T {
    const { stream } = this;
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  sendWithNext<T>(send: () => T): T {
    const { stream } = this;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return send();
  }

  /** Of pg's own connection, which its types leave out. */
  private get stream(): Duplex {
    return (this as unknown as { connection: { stream: Duplex } }).connection.stream;
  }

  /** The pool's own, which it puts in this place while the connection is lent out. */
  declare release: pg.PoolClient['release'];

  // pg's overloads cannot be written by a subclass that only passes them on.
  override query: pg.Client['query'] = ((...args: QueryArguments) =>
    this.sendWatched(args)) as unknown as pg.Client['query'];

  /** Marks every error, so that a connection that cannot be made is told from a statement that failed. */
  override connect: pg.Client['connect'] = ((callback?: ErrorCallback) => {
    const open = pg.Client.prototype.connect as unknown as (callback: ErrorCallback) => void;
    const connect = (done: ErrorCallback) =>
      open.call(this, (error) => {
        if (error) markAsConnectionError(error);
        done(error);
      });
    if (callback) return connect(callback);
    return new Promise<pg.Client>((resolve, reject) => connect((error) => (error ? reject(error) : resolve(this))));
  }) as pg.Client['connect'];

  private sendWatched(args: QueryArguments): unknown {
    const send = pg.Client.prototype.query as unknown as AnyQuery;
    const result = send.apply(this, this.withWatchedCallback(withStatementName(args)));
    if (!(result instanceof Promise)) return result;
    this.pendingQueries += 1;
    this.resetSilenceTimer();
    const settled = () => {
      this.pendingQueries -= 1;
      this.resetSilenceTimer();
    };
    result.then(
      () => {
        settled();
        this.hasFailed &&= this.pendingQueries > 0;
      },
      (error: unknown) => {
        settled();
        this.handleError(error);
        this.hasFailed = this.pendingQueries > 0;
      },
    );
    return result;
  }

  /** The pool's own `query` passes a callback. */
  private withWatchedCallback([first, values, callback]: unknown[]): unknown[] {
    if (typeof callback !== 'function') return [first, values, callback];
    const watched = (error: unknown, result: unknown) => {
      if (error) this.handleError(error);
      (callback as AnyQuery)(error, result);
    };
    return [first, values, watched];
  }

  private handleError(error: unknown): void {
    // Of statements that travel together, one of the same text as one that failed to be prepared was never there.
    if (isStatementDropped(error) && !this.hasFailed) noteDroppedStatements();
    // Of a server that is a standby by now, or a setting of this session that outlives its cause: the next connection may find another.
    if (getSqlState(error) === READ_ONLY) this.destroy();
  }

  /** One timer for the life of the connection: to make and drop one for each statement shows in a profile. */
  private resetSilenceTimer(): void {
    const milliseconds = PreparingClient.silenceMilliseconds;
    if (milliseconds === 0) return clearTimeout(this.silenceTimer);
    if (this.silenceTimer && this.silenceTimerMs === milliseconds) return void this.silenceTimer.refresh();
    clearTimeout(this.silenceTimer);
    this.silenceTimerMs = milliseconds;
    this.silenceTimer = setTimeout(() => this.pendingQueries > 0 && this.destroy(), milliseconds);
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

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { sql } from '../../core/sql.js';
import { findBinaries } from './binaries.js';
import {
  isPortFree,
  createClusterOnce,
  readPassword,
  choosePort,
  ROLE,
  startPostmaster,
  type ServerSettings,
} from './cluster.js';
import { getClusterPath, resolveDataFolder, type DataFolder } from './data-folder.js';
import { findRunningPostmaster, stopPostmaster } from './postmaster.js';

/** This process's use of the embedded server, which every process with the same data folder shares. */
export interface EmbeddedPostgres {
  url: string;
  /** Where the server keeps its files. */
  folder: string;
  /** Stops the server unless another client is connected. Close the pool first. */
  leave(): Promise<void>;
  /** From now on restarts a server that died, on the same port, until `leave`. */
  supervise(): void;
}

export interface JoinOptions {
  dataDir: string;
  /** Created where it is missing. */
  database: string;
  /** `false` only in tests: a crash may lose committed transactions. */
  durable?: boolean;
  maxConnections?: number;
  /** Gets a line for what takes long and for what the operator has to know. */
  log?: (line: string) => void;
}

/** An arbitrary number of our own. A process holds this lock while it joins or leaves. */
export const PRESENCE_LOCK = 7_214_530_002;
/** Names of the connection that a process keeps open, in `pg_stat_activity`. */
const JOINED_NAME = 'lease-console door';
const LEAVING_NAME = 'lease-console leaving';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
/** How long our own closed connections may take to disappear from `pg_stat_activity`. */
const LEAVE_TIMEOUT_MS = 1_500;
/** A server that takes longer to answer is frozen. */
const LEAVE_QUERY_TIMEOUT_MS = 2_000;

/** Errors of a start that pass by themselves: another process starts the server, or the children of a dead one still end. */
const transientErrors = /lock file|shared memory block|could not bind|could not create any TCP|in use/i;

/**
 * Joins the embedded PostgreSQL of a data folder and starts it where it does not run.
 * @throws Error with a message of one line when it cannot run here
 */
export async function joinEmbeddedPostgres(options: JoinOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const dataFolder = resolveDataFolder(options.dataDir, log);
  const bin = findBinaries(dataFolder, log);
  createClusterOnce(dataFolder, bin, log);
  const server = new EmbeddedServer(dataFolder, bin, options.database, log, {
    durable: options.durable ?? true,
    maxConnections: options.maxConnections ?? 100,
  });
  await server.join();
  return server;
}

class EmbeddedServer implements EmbeddedPostgres {
  private readonly cluster: string;
  private readonly password: string;
  private port: number | null = null;
  private hasLoggedStart = false;
  /** Open as long as this process uses the server, so that a process that leaves sees that it is used. */
  private presence: pg.Client | null = null;
  private isSupervised = false;
  private hasLeft = false;
  private restarting: Promise<void> | null = null;

  constructor(
    private readonly dataFolder: DataFolder,
    private readonly bin: string,
    private readonly database: string,
    private readonly log: (line: string) => void,
    private readonly settings: ServerSettings,
  ) {
    this.cluster = getClusterPath(dataFolder.folder);
    this.password = readPassword(dataFolder.folder);
  }

  get folder(): string {
    return this.dataFolder.folder;
  }

  get url(): string {
    return this.toUrl(this.port!, this.database);
  }

  async join(): Promise<void> {
    let deadline = performance.now() + START_TIMEOUT_MS;
    let reason = 'it did not answer';
    while (performance.now() < deadline) {
      const startError = await this.startIfDown();
      if (startError && !transientErrors.test(startError)) throw this.toStartError(startError);
      reason = startError ?? reason;
      try {
        if (await this.connect()) return;
      } catch (error) {
        reason = (error as Error).message;
        // Shutting down, or recovering after a crash, which may take long.
        if ((error as pg.DatabaseError).code === '57P03') deadline = performance.now() + START_TIMEOUT_MS;
      }
      await pause(50);
    }
    throw this.toStartError(reason);
  }

  supervise(): void {
    this.isSupervised = true;
    if (!this.presence) this.restart();
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
    await this.restarting;
    // Without a connection the server has died. If it runs again, this process may be the last one to leave it.
    if (!this.presence && findRunningPostmaster(this.cluster)) await this.connect().catch(() => undefined);
    const presence = this.presence;
    this.presence = null;
    if (!presence) return;
    toTimerLike(presence).ref();
    try {
      const text = `SET application_name = '${LEAVING_NAME}'; SET lock_timeout = '${LEAVE_TIMEOUT_MS}ms'`;
      await presence.query({ text, query_timeout: LEAVE_QUERY_TIMEOUT_MS } as pg.QueryConfig);
      await presence.query(sql`SELECT pg_advisory_lock(${PRESENCE_LOCK})`);
      if (await this.isLast(presence)) await stopPostmaster(this.cluster, STOP_TIMEOUT_MS);
    } catch (error) {
      // A frozen server stops as soon as it runs again; another process that uses it restarts it.
      if ((error as Error).message === 'Query read timeout') await stopPostmaster(this.cluster, 0);
      // Otherwise it died, or another process that leaves is stopping it.
    } finally {
      await presence.end().catch(() => undefined);
    }
  }

  /** @returns the error of a server that did not start, else `null` */
  private async startIfDown(): Promise<string | null> {
    if (findRunningPostmaster(this.cluster)) return null;
    if (this.port === null) {
      if (!this.hasLoggedStart) this.log('PostgreSQL: starting');
      this.hasLoggedStart = true;
      return startPostmaster(this.dataFolder, this.bin, await choosePort(this.folder), this.settings);
    }
    if (!(await isPortFree(this.port))) return `port ${this.port} is in use by another program`;
    return startPostmaster(this.dataFolder, this.bin, this.port, this.settings);
  }

  /** Connects to the running server, after a process that is leaving it; fails where that process stops it. @returns whether one runs */
  private async connect(): Promise<boolean> {
    const port = findRunningPostmaster(this.cluster)?.port;
    if (!port) return false;
    const presence = new pg.Client({
      connectionString: this.toUrl(port, 'postgres'),
      application_name: JOINED_NAME,
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    presence.on('error', () => undefined);
    try {
      await presence.connect();
      await presence.query(sql`SELECT pg_advisory_lock(${PRESENCE_LOCK})`);
      await this.createDatabaseOnce(presence);
      await presence.query(sql`SELECT pg_advisory_unlock(${PRESENCE_LOCK})`);
    } catch (error) {
      await presence.end().catch(() => undefined);
      throw error;
    }
    this.keepOpen(presence, port);
    return true;
  }

  private keepOpen(presence: pg.Client, port: number): void {
    if (this.port !== null && this.port !== port) {
      this.log(`PostgreSQL now listens on port ${port} instead of ${this.port}: restart this service`);
    }
    this.port ??= port;
    this.presence = presence;
    toTimerLike(presence).unref();
    presence.once('end', () => {
      if (this.presence !== presence) return;
      this.presence = null;
      if (this.isSupervised) this.restart();
    });
  }

  private async createDatabaseOnce(client: pg.Client): Promise<void> {
    const { rowCount } = await client.query(sql`SELECT FROM pg_database WHERE datname = ${this.database}`);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(this.database)}`);
  }

  private async isLast(presence: pg.Client): Promise<boolean> {
    const deadline = performance.now() + LEAVE_TIMEOUT_MS;
    for (;;) {
      const { rows } = await presence.query<{ joined: number; others: number }>(
        sql`SELECT count(*) FILTER (WHERE application_name = ${JOINED_NAME})::int AS joined, count(*)::int AS others
              FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> ${LEAVING_NAME}`,
      );
      const { joined, others } = rows[0]!;
      if (others === 0) return true;
      if (joined > 0 || performance.now() > deadline) return false;
      await pause(25);
    }
  }

  private restart(): void {
    if (this.hasLeft || this.restarting) return;
    this.restarting = this.restartUntilUp().finally(() => {
      this.restarting = null;
    });
  }

  private async restartUntilUp(): Promise<void> {
    this.log('PostgreSQL has stopped: starting it again');
    let waitMs = 100;
    let loggedError: string | null = null;
    while (!this.hasLeft) {
      const startError = await this.startIfDown().catch((error: Error) => error.message);
      if (startError !== null && startError !== loggedError) this.log((loggedError = startError));
      if (await this.connect().catch(() => false)) {
        this.log('PostgreSQL is back');
        return;
      }
      await pause(waitMs);
      waitMs = startError === null ? 100 : Math.min(waitMs * 2, 1_000);
    }
  }

  private toUrl(port: number, database: string): string {
    return `postgres://${ROLE}:${this.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  }

  private toStartError(reason: string): Error {
    return new Error(`PostgreSQL did not start in ${this.folder}: ${reason} (see server.log there)`);
  }
}

/** pg has both methods without types. A connection that stays open must not keep a finished command alive. */
function toTimerLike(client: pg.Client): { ref(): void; unref(): void } {
  return client as unknown as { ref(): void; unref(): void };
}

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import {
  isPortFree,
  makeCluster,
  readPassword,
  choosePort,
  ROLE,
  startPostmaster,
  type ServerSettings,
} from './cluster.js';
import { getClusterPath, resolveDataFolder, type DataFolder } from './data-folder.js';
import { findRunningPostmaster, stopPostmaster } from './postmaster.js';

/** A place at the embedded server, shared by every process that uses the same data folder. */
export interface EmbeddedPostgres {
  url: string;
  /** Where the server keeps its files. */
  folder: string;
  /** Closes the last door: stops the server unless another client is connected. Close your own pool first. */
  leave(): Promise<void>;
  /** From now on starts a server that died again, on the same port, until `leave`. */
  supervise(): void;
}

export interface JoinOptions {
  dataDir: string;
  /** Made where it is missing. */
  database: string;
  /** `false` for tests alone: a crash may lose what was acknowledged. */
  durable?: boolean;
  maxConnections?: number;
  /** Hears what takes a while and what needs the operator's eye, a line at a time. */
  log?: (line: string) => void;
}

/** Any number that no other user of the server takes; whoever comes or goes holds this lock for a moment. */
export const PRESENCE_LOCK = 7_214_530_002;
const STAYING = 'lease-console door';
const LEAVING = 'lease-console leaving';

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;
/** How long our own closed connections may take to vanish from the server's list. */
const LEAVE_TIMEOUT_MS = 1_500;
/** A server that takes longer to answer a farewell is frozen. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Reasons to give up that pass by themselves: another process starts it, or the dead one's children still end. */
const passing = /lock file|shared memory block|could not bind|could not create any TCP|in use/i;

/**
 * Joins the embedded PostgreSQL of a data folder, and starts it first where it does not run.
 * @throws Error with one clear line when it cannot run here
 */
export async function joinEmbeddedPostgres(options: JoinOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const place = resolveDataFolder(options.dataDir, log);
  const bin = findBinaries(place, log);
  makeCluster(place, bin, log);
  const server = new EmbeddedServer(place, bin, options.database, log, {
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
  private announced = false;
  /** Held open as long as this process uses the server, so that nobody who leaves takes it for unused. */
  private door: pg.Client | null = null;
  private supervised = false;
  private left = false;
  private reviving: Promise<void> | null = null;

  constructor(
    private readonly place: DataFolder,
    private readonly bin: string,
    private readonly database: string,
    private readonly log: (line: string) => void,
    private readonly settings: ServerSettings,
  ) {
    this.cluster = getClusterPath(place.folder);
    this.password = readPassword(place.folder);
  }

  get folder(): string {
    return this.place.folder;
  }

  get url(): string {
    return this.urlOf(this.port!, this.database);
  }

  async join(): Promise<void> {
    let deadline = Date.now() + START_WITHIN_MS;
    let reason = 'it did not answer';
    while (Date.now() < deadline) {
      const complaint = await this.startIfDown();
      if (complaint && !passing.test(complaint)) throw this.failure(complaint);
      reason = complaint ?? reason;
      try {
        if (await this.enter()) return;
      } catch (error) {
        reason = (error as Error).message;
        // Shutting down, or recovering after a crash: that takes as long as it takes.
        if ((error as pg.DatabaseError).code === '57P03') deadline = Date.now() + START_WITHIN_MS;
      }
      await pause(50);
    }
    throw this.failure(reason);
  }

  supervise(): void {
    this.supervised = true;
    if (!this.door) this.revive();
  }

  async leave(): Promise<void> {
    this.left = true;
    await this.reviving;
    // Without a door the server died; one that stands again meanwhile may be waiting for us to be the last.
    if (!this.door && findRunningPostmaster(this.cluster)) await this.enter().catch(() => undefined);
    const door = this.door;
    this.door = null;
    if (!door) return;
    toReference(door).ref();
    try {
      const farewell = `SET application_name = '${LEAVING}'; SET lock_timeout = '${LEAVE_TIMEOUT_MS}ms'`;
      const inTime = { text: farewell, query_timeout: CONNECT_TIMEOUT_MS };
      await door.query(inTime);
      await door.query('SELECT pg_advisory_lock($1)', [PRESENCE_LOCK]);
      if (await this.isLast(door)) await stopPostmaster(this.cluster, STOP_WITHIN_MS);
    } catch (error) {
      // A frozen server stops when it wakes; whoever else uses it starts it again.
      if ((error as Error).message === 'Query read timeout') await stopPostmaster(this.cluster, 0);
      // Else it died, or another who leaves is stopping it, or holds the lock to do so.
    } finally {
      await door.end().catch(() => undefined);
    }
  }

  /** @returns why a server that was to start gave up, else `null` */
  private async startIfDown(): Promise<string | null> {
    if (findRunningPostmaster(this.cluster)) return null;
    if (this.port === null) {
      if (!this.announced) this.log('PostgreSQL: starting');
      this.announced = true;
      return startPostmaster(this.place, this.bin, await choosePort(this.folder), this.settings);
    }
    if (!(await isPortFree(this.port))) return `port ${this.port} is in use by another program`;
    return startPostmaster(this.place, this.bin, this.port, this.settings);
  }

  /** Goes in at the running server's door; waits behind one who is just leaving, and is cut off if that one stops it. */
  private async enter(): Promise<boolean> {
    const port = findRunningPostmaster(this.cluster)?.port;
    if (!port) return false;
    const door = new pg.Client({
      connectionString: this.urlOf(port, 'postgres'),
      application_name: STAYING,
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    door.on('error', () => undefined);
    try {
      await door.connect();
      await door.query('SELECT pg_advisory_lock($1)', [PRESENCE_LOCK]);
      await this.makeDatabase(door);
      await door.query('SELECT pg_advisory_unlock($1)', [PRESENCE_LOCK]);
    } catch (error) {
      await door.end().catch(() => undefined);
      throw error;
    }
    this.keep(door, port);
    return true;
  }

  private keep(door: pg.Client, port: number): void {
    if (this.port !== null && this.port !== port) {
      this.log(`PostgreSQL now listens on port ${port} instead of ${this.port}: restart this service`);
    }
    this.port ??= port;
    this.door = door;
    toReference(door).unref();
    door.once('end', () => {
      if (this.door !== door) return;
      this.door = null;
      if (this.supervised) this.revive();
    });
  }

  private async makeDatabase(door: pg.Client): Promise<void> {
    const found = await door.query('SELECT 1 FROM pg_database WHERE datname = $1', [this.database]);
    if (found.rowCount === 0) await door.query(`CREATE DATABASE ${pg.escapeIdentifier(this.database)}`);
  }

  private async isLast(door: pg.Client): Promise<boolean> {
    const deadline = Date.now() + LEAVE_TIMEOUT_MS;
    for (;;) {
      const { rows } = await door.query<{ doors: number; others: number }>(
        `SELECT count(*) FILTER (WHERE application_name = $1)::int AS doors, count(*)::int AS others
           FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> $2`,
        [STAYING, LEAVING],
      );
      const { doors, others } = rows[0]!;
      if (others === 0) return true;
      if (doors > 0 || Date.now() > deadline) return false;
      await pause(25);
    }
  }

  private revive(): void {
    if (this.left || this.reviving) return;
    this.reviving = this.startAgain().finally(() => {
      this.reviving = null;
    });
  }

  private async startAgain(): Promise<void> {
    this.log('PostgreSQL has stopped: starting it again');
    let wait = 100;
    let told: string | null = null;
    while (!this.left) {
      const complaint = await this.startIfDown().catch((error: Error) => error.message);
      if (complaint !== null && complaint !== told) this.log((told = complaint));
      if (await this.enter().catch(() => false)) {
        this.log('PostgreSQL is back');
        return;
      }
      await pause(wait);
      wait = complaint === null ? 100 : Math.min(wait * 2, 1_000);
    }
  }

  private urlOf(port: number, database: string): string {
    return `postgres://${ROLE}:${this.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  }

  private failure(reason: string): Error {
    return new Error(`PostgreSQL did not start in ${this.folder}: ${reason} (see server.log there)`);
  }
}

/** pg has both, its types do not know them: a door held open must not keep a finished command alive. */
function toReference(client: pg.Client): { ref(): void; unref(): void } {
  return client as unknown as { ref(): void; unref(): void };
}

import pg from 'pg';
import { SettingsError, type Settings } from '../config/settings.js';
import { sql } from '../core/sql.js';
import { hasDatabaseFiles } from './embedded/data-folder.js';
import { joinEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { PreparingClient } from './prepared-statements.js';

/** A database that can be reached, embedded or not. */
export interface OpenDatabase {
  url: string;
  /** Restarts an embedded server whenever it dies. */
  supervise(): void;
  /** Stops an embedded server unless another process uses it. Close the pool first: open connections are cut. */
  leave(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Why there is nothing to read: a sentence without its end, or `null`. A PostgreSQL of DATABASE_URL is taken to exist. */
export function findMissingDatabase({ databaseUrl, dataDir }: Settings): string | null {
  return databaseUrl === null && !hasDatabaseFiles(dataDir) ? `There is no database in ${dataDir} yet` : null;
}

/**
 * The PostgreSQL of DATABASE_URL where that is set, else the embedded one in the data folder.
 * @param log gets a line for each step that takes long
 * @throws SettingsError, or Error with a message of one line
 */
export async function openDatabase(settings: Settings, log: (line: string) => void): Promise<OpenDatabase> {
  if (settings.databaseUrl === null) {
    const server = await joinEmbeddedPostgres({ dataDir: settings.dataDir, database: 'lease_console', log });
    const leave = async () => {
      // After a start that failed half-way the pool is out of reach, and its connections would keep PostgreSQL running.
      PreparingClient.destroyOpen();
      await server.leave();
    };
    return { url: server.url, supervise: () => server.supervise(), leave };
  }
  await assertReachable(settings.databaseUrl);
  return { url: settings.databaseUrl, supervise: () => undefined, leave: () => Promise.resolve() };
}

async function assertReachable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql`SELECT 1`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SettingsError(`The PostgreSQL of DATABASE_URL cannot be used: ${message || code}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

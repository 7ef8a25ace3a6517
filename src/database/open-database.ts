import pg from 'pg';
import { SettingsError, type Settings } from '../config/settings.js';
import { joinEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { PreparingClient } from './prepared-statements.js';

/** A database that answers, embedded or not. */
export interface OpenDatabase {
  url: string;
  /** Starts an embedded server again whenever it dies. */
  supervise(): void;
  /** The last one to leave an embedded server stops it. Close your own pool first: connections that are left are cut. */
  leave(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The PostgreSQL of DATABASE_URL where that is set, else the embedded one of the data folder.
 * @param log hears what takes a while
 * @throws SettingsError, or Error with one clear line
 */
export async function openDatabase(settings: Settings, log: (line: string) => void): Promise<OpenDatabase> {
  if (settings.databaseUrl === null) {
    const server = await joinEmbeddedPostgres({ dataDir: settings.dataDir, database: 'lease_console', log });
    const leave = async () => {
      // A start that failed half-way has lost its pool, and PostgreSQL would run on for it.
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
    await client.query('SELECT 1');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SettingsError(`The PostgreSQL of DATABASE_URL cannot be used: ${message || code}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

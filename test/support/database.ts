import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  /** Cuts off whoever is still connected. */
  drop(): Promise<void>;
}

const OBJECT_IN_USE = '55006';

/** A migrated, empty database of the caller's own, copied from the run's template in about 20 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const templateName = new URL(process.env.TEST_POSTGRES_URL!).pathname.slice(1);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(async (client) => {
    await copy(client, templateName, name);
    await copyRoleDefaults(client, templateName, name);
  });
  return toTestDatabase(name);
}

function toTestDatabase(name: string): TestDatabase {
  const url = new URL(process.env.TEST_POSTGRES_URL!);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => onServer(async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** A database's address by TCP: its socket is closed to other users, and a proxy has a port. */
export function byTcp(databaseUrl: string): URL {
  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  return url;
}

/** Locales of databases, ours first: `CREATE DATABASE` takes each. */
export const databaseLocales = {
  C: '',
  'C.UTF-8': "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'",
  'Turkish, of ICU': "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'",
};

/** An empty database of another locale, not migrated yet. */
export async function createEmptyDatabase(locale: keyof typeof databaseLocales): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 LOCALE 'C' ${databaseLocales[locale]}`);
  });
  return toTestDatabase(name);
}

/** PostgreSQL copies no database that anybody is connected to, be it a worker of its own that passes by. */
async function copy(client: pg.PoolClient, from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.query(`CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY FILE_COPY`);
      return;
    } catch (error) {
      if ((error as pg.DatabaseError).code !== OBJECT_IN_USE || attempt === 100) throw error;
      await pause(50);
    }
  }
}

/** The time-outs that start-up gives our role; a copied database comes without them. */
async function copyRoleDefaults(client: pg.PoolClient, from: string, to: string): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format('ALTER ROLE %I IN DATABASE %I SET %I = %L', rolname, $2::text,
                   split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)) AS statement
       FROM pg_db_role_setting
       JOIN pg_roles ON pg_roles.oid = setrole
       JOIN pg_database ON pg_database.oid = setdatabase AND datname = $1,
            unnest(setconfig) AS setting`,
    [from, to],
  );
  for (const { statement } of rows) await client.query(statement);
}

async function onServer(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await server().connect();
  try {
    await work(client);
  } finally {
    client.release();
  }
}

let pool: pg.Pool | null = null;

/** The connections of a worker stay open from file to file. */
function server(): pg.Pool {
  if (pool) return pool;
  const url = new URL(process.env.TEST_POSTGRES_URL!);
  url.pathname = '/postgres';
  pool = new pg.Pool({ connectionString: url.href, max: 2, idleTimeoutMillis: 0, allowExitOnIdle: true });
  // The server ends before a worker that hangs.
  pool.on('error', () => undefined);
  return pool;
}

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import pg from 'pg';
import { fill } from './fill.mjs';

/** What the databases are copies of, unless they are copies of each other; in tests a migrated one, which leaves nothing to migrate. */
const TEMPLATE = process.env.BENCH_TEMPLATE ?? 'template1';

const dataDir = fileURLToPath(new URL('../tmp/bench-postgres', import.meta.url));
const { joinEmbeddedPostgres } = await import('../dist/src/database/embedded/embedded-postgres.js');
const { migrate } = await import('../dist/src/database/migrate.js');

/** The server that `BENCH_POSTGRES_URL` names, else an embedded one that keeps its databases for the next run. */
export async function startServer() {
  const url = process.env.BENCH_POSTGRES_URL;
  if (url) return { url, leave: async () => undefined };
  fs.mkdirSync(path.dirname(dataDir), { recursive: true });
  return joinEmbeddedPostgres({ dataDir, database: 'bench' });
}

/** A filled database of that scale; one of an earlier run is used again, and filled where that run did not end. */
export async function databaseOfScale(server, scale) {
  const name = `bench_${String(scale).replace('.', '_')}`;
  await withClient(server.url, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  });
  const url = await migrated(server, name);
  const isFilled = await withClient(url, async (client) => {
    const { rowCount } = await client.query('SELECT FROM organization LIMIT 1');
    return rowCount > 0;
  });
  if (!isFilled) await fill(url, scale, (line) => console.log(`${name}: ${line}`));
  return url;
}

/** A migrated database of that name, empty whatever it held. */
export async function freshDatabase(server, name) {
  await emptyDatabase(server, name, { copyOf: TEMPLATE });
  return migrated(server, name);
}

/** A database of that name without any table, whatever it held; or a copy of another one, to which nobody may be connected. */
export async function emptyDatabase(server, name, { copyOf = 'template1' } = {}) {
  await withClient(server.url, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${copyOf} STRATEGY file_copy`);
  });
  return toUrl(server, name);
}

async function migrated(server, name) {
  const databaseUrl = toUrl(server, name);
  await migrate({ databaseUrl, preparedStatements: true });
  return databaseUrl;
}

function toUrl(server, name) {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** A connection without the time-outs of the service's role. */
export async function openClient(url) {
  const client = new pg.Client({
    connectionString: url,
    options: '-c statement_timeout=0 -c transaction_timeout=0',
  });
  await client.connect();
  return client;
}

/** One of {@link openClient}, for this work. */
export async function withClient(url, work) {
  const client = await openClient(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

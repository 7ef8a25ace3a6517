import './loader-hooks.mjs';
import fs from 'node:fs';
import path from 'node:path';
import { URL } from 'node:url';
import pg from 'pg';
import { clearAway, clearAwayKilledRuns, folderOfRun, TEMPLATE } from './test-server.mjs';

/** One server without fsync for the whole run, and in it the migrated database that each test's own is copied from. */
export default async function setUp() {
  const { joinEmbeddedPostgres } = await import('../../src/database/embedded/embedded-postgres.ts');
  const { migrate } = await import('../../src/database/migrate.ts');
  await clearAwayKilledRuns();
  const dataDir = folderOfRun();
  // Ctrl-C skips the teardown.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void clearAway(dataDir).finally(() => process.exit(1)));
  }
  const server = await joinEmbeddedPostgres({ dataDir, database: TEMPLATE, durable: false, maxConnections: 300 });
  await migrate({ databaseUrl: server.url, preparedStatements: true });
  await hashPasswordOnce(server.url);
  process.env.TEST_POSTGRES_URL = await bySocket(server);
  process.env.TEST_DATA_HOME = path.dirname(dataDir);
  // Of the programs that tests start; the workers begin all at once and would only write it.
  process.env.TEST_COMPILE_CACHE = path.join(dataDir, 'compile-cache');
}

/** By its socket, where it has one, a statement takes less than by TCP; the host and port stay in the URL for proxies. */
async function bySocket({ url, folder }) {
  const { getSocketPath } = await import('../../src/database/embedded/cluster.ts');
  const { getClusterPath } = await import('../../src/database/embedded/data-folder.ts');
  const cluster = getClusterPath(folder);
  const address = new URL(url);
  if (fs.existsSync(getSocketPath(cluster, Number(address.port)))) address.searchParams.set('host', cluster);
  return address.href;
}

/** Instead of the 4,096 times that make a stolen hash useless: a run connects thousands of times, and each takes milliseconds. */
async function hashPasswordOnce(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SET scram_iterations = 1');
  await client.query(`ALTER ROLE CURRENT_USER PASSWORD ${pg.escapeLiteral(client.password)}`);
  await client.end();
}

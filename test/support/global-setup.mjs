import './loader-hooks.mjs';
import path from 'node:path';
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
  process.env.TEST_POSTGRES_URL = server.url;
  process.env.TEST_DATA_HOME = path.dirname(dataDir);
}

/** Instead of the 4,096 times that make a stolen hash useless: a run connects thousands of times, and each takes milliseconds. */
async function hashPasswordOnce(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SET scram_iterations = 1');
  await client.query(`ALTER ROLE CURRENT_USER PASSWORD ${pg.escapeLiteral(client.password)}`);
  await client.end();
}

import pg from 'pg';
import { statements } from './fill-statements.mjs';

/**
 * Fills a migrated, empty database.
 * @param scale 1 is 200,000 requests (5,000 open), 200,000 accounts and 2,000 partners; less is that part of them
 */
export async function fill(databaseUrl, scale, log = console.log) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT EXISTS (SELECT FROM organization) AS used');
    if (rows[0].used) throw new Error('This database has partners already; give an empty one.');
    for (const setting of [
      'statement_timeout = 0',
      'transaction_timeout = 0',
      'synchronous_commit = off',
      "work_mem = '128MB'",
    ]) {
      await client.query(`SET ${setting}`);
    }
    const began = Date.now();
    await client.query("BEGIN; SET LOCAL TimeZone = 'UTC'");
    for (const { what, table, text } of statements(scale)) {
      const at = Date.now();
      const { rowCount } = await client.query(text);
      log(`${what}: ${rowCount.toLocaleString('en-US')} in ${seconds(at)} s`);
      // What the next statements are planned by.
      await client.query(`ANALYZE ${table}`);
    }
    await client.query('COMMIT');
    await client.query('VACUUM (ANALYZE)');
    log(`Filled at scale ${scale} in ${seconds(began)} s`);
  } finally {
    await client.end();
  }
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}

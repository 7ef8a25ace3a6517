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
      "maintenance_work_mem = '512MB'",
    ]) {
      await client.query(`SET ${setting}`);
    }
    const began = Date.now();
    await client.query("BEGIN; SET LOCAL TimeZone = 'UTC'");
    const dropped = await dropIndexes(client);
    for (const { what, table, text } of statements(scale)) {
      const at = Date.now();
      const { rowCount } = await client.query(text);
      log(`${what}: ${rowCount.toLocaleString('en-US')} in ${seconds(at)} s`);
      // What the next statements are planned by.
      await client.query(`ANALYZE ${table}`);
    }
    const at = Date.now();
    for (const { restore } of dropped) await client.query(restore);
    log(`Indexes and foreign keys: ${dropped.length} in ${seconds(at)} s`);
    await client.query('COMMIT');
    await client.query('VACUUM (ANALYZE)');
    log(`Filled at scale ${scale} in ${seconds(began)} s`);
  } finally {
    await client.end();
  }
}

/**
 * Drops the foreign keys and the indexes that no key stands on: what is made of the filled tables at the end costs a part of what keeping
 * it for each row would.
 * @returns how each is made again, in order; a foreign key that does not hold, or a row that is there twice, fails then
 */
async function dropIndexes(client) {
  const { rows } = await client.query(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS restore, 2 AS turn
      FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 1
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY turn, restore`);
  for (const { drop } of rows) await client.query(drop);
  return rows;
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}

import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { dataSourceOptions, type DatabaseSettings } from './options.js';

/** Any number that no other user of this database takes; it keeps two starting processes apart. */
const MIGRATION_LOCK = 7_214_530_001;

/** Time-outs as defaults of our role in this database: no round trip, and pgbouncer keeps them. No writing transaction outlives 30 s. */
const roleDefaults = {
  statement_timeout: '15s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '15s',
  transaction_timeout: '30s',
};

/**
 * Brings the schema up to date and sets the role's time-outs. Several processes may start at once: one migrates, the others wait.
 * @returns the names of the migrations that ran
 */
export async function migrate(settings: DatabaseSettings): Promise<string[]> {
  const dataSource = new DataSource(dataSourceOptions(settings, 'lease-console migrations'));
  await dataSource.initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;');
    await liftTransactionTimeout(runner);
    // TypeORM makes its own table before any lock of ours, so the lock is taken first and on the connection that migrates.
    await runner.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    const ran = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
    await setRoleDefaults(runner);
    return ran.map((migration) => migration.name);
  } finally {
    // Given back by hand: behind a pooler the session outlives this connection.
    await runner.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`).catch(() => undefined);
    await runner.release();
    await dataSource.destroy();
  }
}

async function knowsTransactionTimeout(runner: QueryRunner): Promise<boolean> {
  const [found] = await runner.query("SELECT count(*)::int AS n FROM pg_settings WHERE name = 'transaction_timeout'");
  return found.n === 1;
}

async function liftTransactionTimeout(runner: QueryRunner): Promise<void> {
  if (await knowsTransactionTimeout(runner)) await runner.query('SET transaction_timeout = 0');
}

async function setRoleDefaults(runner: QueryRunner): Promise<void> {
  const known = await knowsTransactionTimeout(runner);
  const [names] = await runner.query(
    'SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database',
  );
  for (const [name, value] of Object.entries(roleDefaults)) {
    if (name === 'transaction_timeout' && !known) continue;
    await runner.query(`ALTER ROLE ${names.role} IN DATABASE ${names.database} SET ${name} = '${value}'`);
  }
}

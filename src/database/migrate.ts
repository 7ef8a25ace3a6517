import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { dataSourceOptions, type DatabaseSettings } from './options.js';
import { PreparingClient } from './prepared-statements.js';

/** Any number that no other user of this database takes; it keeps two starting processes apart. */
const MIGRATION_LOCK = 7_214_530_001;

/** No writing transaction outlives 30 s. */
const timeouts = {
  statement_timeout: '15s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '15s',
  transaction_timeout: '30s',
};

/** Defaults of our role in this database: no round trip, and pgbouncer keeps them. */
const roleDefaults = {
  ...timeouts,
  // A page read out of order costs little more on today's disks; for old ones PostgreSQL would rather read a whole table.
  random_page_cost: '1.1',
};

/**
 * Brings the schema up to date, each migration in a transaction of its own so that a running service waits for one of them
 * at a time, and sets the role's defaults. Locks and settings end with the transaction: behind pgbouncer a session belongs
 * to nobody. Several processes may start at once: each migration is made by one of them, the others wait.
 * @returns the names of the migrations that this process made
 */
export async function migrate(settings: DatabaseSettings): Promise<string[]> {
  const { silenceMilliseconds } = PreparingClient;
  // A large house is silent for minutes while it is rebuilt, or while another process does so.
  PreparingClient.silenceMilliseconds = 0;
  const dataSource = new DataSource(dataSourceOptions(settings, 'lease-console migrations'));
  try {
    await dataSource.initialize();
    const made: string[] = [];
    for (let name = await migrateNext(dataSource); name !== null; name = await migrateNext(dataSource)) made.push(name);
    return made;
  } finally {
    PreparingClient.silenceMilliseconds = silenceMilliseconds;
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** Makes the next migration; where there is none, sees to the role's defaults and gives `null`. */
async function migrateNext(dataSource: DataSource): Promise<string | null> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('READ COMMITTED');
    const known = await listSupportedDefaults(runner);
    for (const name of known.filter((one) => one in timeouts)) await runner.query(`SET LOCAL ${name} = 0`);
    // TypeORM makes its own table before any lock of ours, so the lock is taken first and on the connection that migrates.
    await runner.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const executor = new MigrationExecutor(dataSource, runner);
    const [migration] = await executor.getPendingMigrations();
    if (migration) await executor.executeMigration(migration);
    else await setRoleDefaults(runner, known);
    await runner.commitTransaction();
    return migration?.name ?? null;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

type RoleDefault = keyof typeof roleDefaults;

/** An older PostgreSQL has no `transaction_timeout`. */
async function listSupportedDefaults(runner: QueryRunner): Promise<RoleDefault[]> {
  const found: { name: RoleDefault }[] = await runner.query('SELECT name FROM pg_settings WHERE name = ANY($1)', [
    Object.keys(roleDefaults),
  ]);
  return found.map(({ name }) => name);
}

async function setRoleDefaults(runner: QueryRunner, known: RoleDefault[]): Promise<void> {
  const [names] = await runner.query(
    'SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database',
  );
  const standing = await readCurrentDefaults(runner);
  for (const name of known) {
    if (standing.has(`${name}=${roleDefaults[name]}`)) continue;
    await runner.query(`ALTER ROLE ${names.role} IN DATABASE ${names.database} SET ${name} = '${roleDefaults[name]}'`);
  }
}

/** Each as `name=value`. */
async function readCurrentDefaults(runner: QueryRunner): Promise<Set<string>> {
  const found: { setting: string }[] = await runner.query(
    `SELECT unnest(setconfig) AS setting
       FROM pg_db_role_setting
       JOIN pg_roles ON pg_roles.oid = setrole AND rolname = current_user
       JOIN pg_database ON pg_database.oid = setdatabase AND datname = current_database()`,
  );
  return new Set(found.map(({ setting }) => setting));
}

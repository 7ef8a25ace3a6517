import type pg from 'pg';
import type { NoticeMessage } from 'pg-protocol/dist/messages.js';
import { DataSource, MigrationExecutor, type EntityManager, type QueryRunner } from 'typeorm';
import { getSqlState } from '../core/database-errors.js';
import { identifier, literal, queryRow, queryRows, sql } from '../core/sql.js';
import { migrations } from './migrations/index.js';
import { dataSourceOptions, type DatabaseSettings } from './options.js';
import { PreparingClient } from './prepared-statements.js';

/** An arbitrary number of our own. Two processes that start at once migrate one after the other. */
const MIGRATION_LOCK = 7_214_530_001;
const LACK_OF_PRIVILEGE = '42501';
const DEADLOCK = '40P01';
const RERUNS = 3;

/** No writing transaction outlives 30 s, which `updatedSince` reaches back; the rest is for clocks that differ a little. */
const roleTimeouts = {
  statement_timeout: '15s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '15s',
  transaction_timeout: '25s',
};

/** Defaults of our role in this database: they cost no round trip, and pgbouncer keeps them. */
const roleDefaults = {
  ...roleTimeouts,
  // PostgreSQL's default is for spinning disks and prefers to read a whole table.
  random_page_cost: '1.1',
};

/**
 * Brings the schema up to date and sets the defaults of our role. Each migration runs in its own transaction, so that a running
 * service waits for one of them at a time. Locks and settings end with the transaction, since pgbouncer shares sessions.
 * Several processes may start at once: one of them runs a migration while the others wait.
 * @param log gets what a migration warns of
 * @returns the names of the migrations that this process ran
 * @throws Error with a message of one line where a later version migrated the database
 */
export async function migrate(
  settings: DatabaseSettings,
  log: (line: string) => void = () => undefined,
): Promise<string[]> {
  return withDataSource(settings, async (dataSource) => {
    const names: string[] = [];
    for (let name = await migrateNext(dataSource, log); name !== null; name = await migrateNext(dataSource, log))
      names.push(name);
    return names;
  });
}

/**
 * Reverts the last migration.
 * @returns its name; `null` where there is none
 * @throws as {@link migrate}
 */
export async function revertLastMigration(
  settings: DatabaseSettings,
  log: (line: string) => void = () => undefined,
): Promise<string | null> {
  return withDataSource(settings, (dataSource) =>
    inLockedTransaction(dataSource, log, async (_runner, executor) => {
      const ran = await listRan(executor);
      if (ran.length > 0) await executor.undoLastMigration();
      return ran.at(-1) ?? null;
    }),
  );
}

export interface MigrationStatus {
  name: string;
  /** `unknown` to this version: a later one ran it. */
  status: 'done' | 'pending' | 'unknown';
}

/** Changes nothing. */
export async function listMigrations(settings: DatabaseSettings): Promise<MigrationStatus[]> {
  return withDataSource(settings, async ({ manager }) => {
    const ran = await readMigrationNames(manager);
    const known = migrations.map(({ name }) => name);
    return [
      ...known.map((name) => ({ name, status: ran.includes(name) ? ('done' as const) : ('pending' as const) })),
      ...ran.filter((name) => !known.includes(name)).map((name) => ({ name, status: 'unknown' as const })),
    ];
  });
}

/** The names of the migrations that ran on this database, for a caller that does not migrate. */
export async function readMigrationNames(em: EntityManager): Promise<string[]> {
  const table = await queryRow<{ exists: boolean }>(em, sql`SELECT to_regclass('migration') IS NOT NULL AS "exists"`);
  if (!table!.exists) return [];
  return (await queryRows<{ name: string }>(em, sql`SELECT name FROM migration ORDER BY id`)).map(({ name }) => name);
}

/** @throws Error with a message of one line where a later version migrated the database */
export function assertKnown(ran: string[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = ran.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new Error(
    `The database has migrations that this version does not know: ${unknown.join(', ')}. Start the version that has them, or revert them with it: npm run migrate down.`,
  );
}

async function withDataSource<Result>(
  settings: DatabaseSettings,
  work: (dataSource: DataSource) => Promise<Result>,
): Promise<Result> {
  const { silenceMilliseconds } = PreparingClient;
  // A large database does not answer for minutes while it is rebuilt, or while another process does so.
  PreparingClient.silenceMilliseconds = 0;
  const dataSource = new DataSource(dataSourceOptions(settings, 'lease-console migrations'));
  try {
    await dataSource.initialize();
    return await work(dataSource);
  } finally {
    PreparingClient.silenceMilliseconds = silenceMilliseconds;
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** Runs the next migration and returns its name; where there is none, sets the defaults of our role and returns `null`. */
function migrateNext(dataSource: DataSource, log: (line: string) => void): Promise<string | null> {
  return inLockedTransaction(dataSource, log, async (runner, executor, supported) => {
    await listRan(executor);
    const [migration] = await executor.getPendingMigrations();
    if (migration) await executor.executeMigration(migration).catch(explainLackOfPrivilege);
    else await setRoleDefaults(runner, supported);
    return migration?.name ?? null;
  });
}

/** A role that may only use the tables finds out by its first pending migration. */
function explainLackOfPrivilege(error: unknown): never {
  if (getSqlState(error) !== LACK_OF_PRIVILEGE) throw error;
  throw new Error(
    'A migration is pending that the role of DATABASE_URL may not make: run npm run migrate up as the role that owns the tables.',
    { cause: error },
  );
}

type MigrationWork<Result> = (
  runner: QueryRunner,
  executor: MigrationExecutor,
  supported: RoleDefault[],
) => Promise<Result>;

/** Runs again where PostgreSQL ended it in favor of a transaction of the running service. */
async function inLockedTransaction<Result>(
  dataSource: DataSource,
  log: (line: string) => void,
  work: MigrationWork<Result>,
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptLocked(dataSource, log, work);
    } catch (error) {
      if (getSqlState(error) !== DEADLOCK || attempt === RERUNS) throw error;
    }
  }
}

async function attemptLocked<Result>(
  dataSource: DataSource,
  log: (line: string) => void,
  work: MigrationWork<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  const client = (await runner.connect()) as pg.ClientBase;
  const logWarning = ({ severity, message }: NoticeMessage) => {
    if (severity === 'WARNING' && message) log(message);
  };
  client.on('notice', logWarning);
  try {
    await runner.startTransaction('READ COMMITTED');
    const supported = await listSupportedDefaults(runner.manager);
    for (const name of supported.filter((setting) => setting in roleTimeouts)) {
      await queryRows(runner.manager, sql`SET LOCAL ${identifier(name)} = 0`);
    }
    // TypeORM creates its migrations table by itself, so the lock is taken first, on the connection that migrates.
    await queryRows(runner.manager, sql`SELECT pg_advisory_xact_lock(${literal(MIGRATION_LOCK)})`);
    const result = await work(runner, new MigrationExecutor(dataSource, runner), supported);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    client.off('notice', logWarning);
    await runner.release();
  }
}

/** The names of the migrations in the order in which they ran, by which TypeORM reverts too. @throws as {@link migrate} */
async function listRan(executor: MigrationExecutor): Promise<string[]> {
  const ran = await executor.getExecutedMigrations();
  const names = ran.sort((one, other) => one.id! - other.id!).map(({ name }) => name);
  assertKnown(names);
  return names;
}

type RoleDefault = keyof typeof roleDefaults;

/** An older PostgreSQL has no `transaction_timeout`. */
async function listSupportedDefaults(em: EntityManager): Promise<RoleDefault[]> {
  const names = Object.keys(roleDefaults);
  const settings = await queryRows<{ name: RoleDefault }>(
    em,
    sql`SELECT name FROM pg_settings WHERE name = ANY(${names})`,
  );
  return settings.map(({ name }) => name);
}

async function setRoleDefaults(runner: QueryRunner, supported: RoleDefault[]): Promise<void> {
  const current = await readCurrentDefaults(runner.manager);
  for (const name of supported) {
    if (current.has(`${name}=${roleDefaults[name]}`)) continue;
    // ALTER ROLE takes no parameters, so PostgreSQL quotes its text.
    const statement = await queryRow<{ text: string }>(
      runner.manager,
      sql`SELECT format('ALTER ROLE %I IN DATABASE %I SET %I = %L',
                        current_user, current_database(), ${name}::text, ${roleDefaults[name]}::text) AS text`,
    );
    await runner.query(statement!.text);
  }
}

/** Each as `name=value`. */
async function readCurrentDefaults(em: EntityManager): Promise<Set<string>> {
  const defaults = await queryRows<{ setting: string }>(
    em,
    sql`SELECT unnest(setconfig) AS setting
       FROM pg_db_role_setting
       JOIN pg_roles ON pg_roles.oid = setrole AND rolname = current_user
       JOIN pg_database ON pg_database.oid = setdatabase AND datname = current_database()`,
  );
  return new Set(defaults.map(({ setting }) => setting));
}

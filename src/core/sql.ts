import sqlTag, { empty, join, raw, Sql } from 'sql-template-tag';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { getPool, type PooledConnection } from './connection-pool.js';
import { getSqlState, isStalePlan, isStatementDropped } from './database-errors.js';
import { queryShared } from './shared-round-trips.js';
import { forgetPreparedStatements } from './statement-names.js';
import { keepForCommit, waitForBeginning } from './transaction-control.js';

export { Sql };

/**
 * A statement or a part of one. A `Sql` in it becomes part of the text, anything else is sent as a parameter. So the text depends
 * on the parts alone, which makes it worth preparing.
 */
export const sql = sqlTag;
/** In place of an optional part. */
export const noSql = empty;
/** @param parts at least one */
export const joinSql = join;

/**
 * A constant of ours in the text itself: PostgreSQL plans a `LIMIT` that is a parameter as a tenth of the table.
 * @throws Error on a text that would have to be escaped
 */
export function literal(value: number | string): Sql {
  if (typeof value === 'number') return raw(String(value));
  if (!/^[\w-]*$/.test(value)) throw new Error(`Not a literal: ${value}`);
  return raw(`'${value}'`);
}

/** The name of a table, a column or an alias in our own code: `lease`, `lease.id`. @throws Error on anything that needs quotes */
export function identifier(name: string): Sql {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name)) throw new Error(`Not an identifier: ${name}`);
  return raw(name);
}

/**
 * Whether a column is one of the ids. One id is compared by itself: PostgreSQL takes any list for ten, and would plan a prepared statement
 * for each call.
 */
export function isOneOfSql(column: Sql, ids: readonly string[]): Sql {
  return ids.length === 1 ? sql`${column} = ${ids[0]}` : sql`${column} = ANY (${ids})`;
}

/** The alias of a column, named as the field of the row: `"walletCovers"`. */
export function quoted(name: string): Sql {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw new Error(`Not a name: ${name}`);
  return raw(`"${name}"`);
}

/**
 * The rows that one statement returns. Outside a transaction it is one of its own, sent again once where its plan was stale.
 * @param statement aliases its columns as the fields of `Row`
 */
export async function queryRows<Row>(em: EntityManager, statement: Sql): Promise<Row[]> {
  return em.queryRunner ? queryInside<Row>(em.queryRunner, statement) : queryAlone<Row>(em.connection, statement);
}

/**
 * A statement whose text is the same whenever it is composed, with the text of the first time: joining and hashing a long one again
 * takes a few percent of a short call.
 */
export function withKeptText(kept: { text?: string }, statement: Sql): Sql {
  kept.text ??= statement.text;
  Object.defineProperty(statement, 'text', { value: kept.text });
  return statement;
}

/**
 * Changes that do not need each other's results as the named parts of one statement: what each of them costs PostgreSQL and the process
 * beside its own work is spent once. All see the rows as they were before it.
 * @param parts a part may read the returned rows of one before it, by its name
 * @param result what the statement selects; by default no row
 */
export function togetherSql(parts: Record<string, Sql>, result = sql`SELECT WHERE false`): Sql {
  const named = Object.entries(parts).map(([name, part]) => sql`${identifier(name)} AS (${part})`);
  return sql`WITH ${joinSql(named, ', ')} ${result}`;
}

/** The first row of a statement, or `null`. */
export async function queryRow<Row>(em: EntityManager, statement: Sql): Promise<Row | null> {
  return (await queryRows<Row>(em, statement))[0] ?? null;
}

/**
 * The first row of a statement that stands alone and takes PostgreSQL less than a millisecond, or `null`. It shares its round trip
 * with others of this kind, so a slow one would delay calls that have nothing to do with it.
 */
export async function queryShortRow<Row>(dataSource: DataSource, statement: Sql): Promise<Row | null> {
  const rows = await queryShared(getPool(dataSource), statement).then(
    (result) => result.rows as Row[],
    (error: unknown) => {
      // Of one text with a statement before it that failed to be prepared, it was never there.
      if (!isStalePlan(error) && !isStatementDropped(error)) throw error;
      return queryAlone<Row>(dataSource, statement);
    },
  );
  return rows[0] ?? null;
}

/**
 * Several statements of one transaction in one round trip: none waits for the answer to the one before. PostgreSQL runs them one
 * after the other, so each sees what those before it did, and what others committed until then. After one that fails the others do nothing.
 * @param em of a transaction. It begins in the same round trip where these are its first statements: then they must do no harm
 * where PostgreSQL refuses to begin it
 * @returns the rows of each statement
 * @throws what the first statement that fails throws
 */
export async function queryTogether<Rows extends unknown[]>(
  em: EntityManager,
  statements: { [Place in keyof Rows]: Sql },
): Promise<{ [Place in keyof Rows]: Rows[Place][] }> {
  if (statements.length === 0) return [] as { [Place in keyof Rows]: Rows[Place][] };
  const runner = em.queryRunner!;
  const connection = await getConnection(runner);
  const begun = waitForBeginning(runner);
  const sent = connection.sendTogether(() =>
    (statements as Sql[]).map(({ text, values }) => connection.query(text, values)),
  );
  await Promise.allSettled([begun, ...sent]);
  await begun;
  const rows: unknown[][] = [];
  for (const result of sent) rows.push((await result).rows);
  return rows as { [Place in keyof Rows]: Rows[Place][] };
}

/**
 * Sends a statement with the commit of the transaction, in one round trip. Of rows that nothing in the transaction reads afterwards.
 * @param statement what it must not find otherwise, it refuses itself (`refusedIfSql`): its result is not looked at before the commit
 * @param lockKey of the row that it locks, where another transaction may want it: one for all that a transaction sends so
 * @returns what gives its rows, once the transaction is committed
 */
export async function queryWithCommit<Row>(em: EntityManager, statement: Sql, lockKey?: string): Promise<() => Row[]> {
  let found: unknown[] | null = null;
  const { text, values } = statement;
  const isKept = keepForCommit(em.queryRunner!, { text, values, lockKey, onRows: (rows) => (found = rows) });
  if (!isKept) found = await queryRows(em, statement);
  return () => {
    if (!found) throw new Error('This transaction is not committed');
    return found as Row[];
  };
}

/** An expression that fails where the condition holds, for a statement that must roll its transaction back then (`isRefused`). */
export function refusedIfSql(condition: Sql): Sql {
  return sql`1 / CASE WHEN ${condition} THEN 0 ELSE 1 END`;
}

/** Whether `refusedIfSql` failed. */
export function isRefused(error: unknown): boolean {
  return getSqlState(error) === '22012';
}

/** Straight on the connection: TypeORM's query runner costs more than pg itself. */
async function queryInside<Row>(runner: QueryRunner, { text, values }: Sql): Promise<Row[]> {
  const connection = await getConnection(runner);
  await waitForBeginning(runner);
  return (await connection.query(text, values)).rows as Row[];
}

/** @throws Error after the end of the transaction, when the connection is another's */
async function getConnection(runner: QueryRunner): Promise<PooledConnection> {
  if (runner.isReleased) throw new Error('Query runner already released');
  return (await runner.connect()) as PooledConnection;
}

async function queryAlone<Row>(dataSource: DataSource, { text, values }: Sql): Promise<Row[]> {
  for (let attempt = 1; ; attempt += 1) {
    const connection = await getPool(dataSource).connect();
    try {
      return (await connection.query(text, values)).rows as Row[];
    } catch (error) {
      if (!isStalePlan(error) || attempt > 1) throw error;
      forgetPreparedStatements();
    } finally {
      connection.release();
    }
  }
}

/** The LIKE pattern of texts that contain `text`. */
export function toContainsPattern(text: string): string {
  return `%${escapeLike(text)}%`;
}

/** Escapes what LIKE reads as wildcards. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

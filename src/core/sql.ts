import sqlTag, { empty, join, raw, Sql } from 'sql-template-tag';
import type { EntityManager } from 'typeorm';

export { Sql };

/**
 * A statement or a part of one. A `Sql` in it is put in place, anything else is sent as a parameter, so a value never becomes part of
 * the text. The text depends on the parts alone: that is what makes it worth preparing.
 */
export const sql = sqlTag;
/** Nothing, where a part is optional. */
export const noSql = empty;
/** @param parts at least one */
export const joinSql = join;

/** A number of ours in the text itself: a `LIMIT` that is a parameter is planned as a tenth of the table. */
export function literal(value: number): Sql {
  return raw(String(value));
}

/** The name of a table, a column or an alias in the code, never one that somebody sent: `lease`, `lease.id`. */
export function identifier(name: string): Sql {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name)) throw new Error(`Not an identifier: ${name}`);
  return raw(name);
}

/** A column's alias as a row's field is named in the code: `"walletCovers"`. */
export function quoted(name: string): Sql {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw new Error(`Not a name: ${name}`);
  return raw(`"${name}"`);
}

/**
 * Runs one statement and gives the rows it returns, whatever its kind: TypeORM's `query` answers UPDATE and DELETE in another shape.
 * @param statement names its columns and aliases them as the caller wants to read them
 */
export async function queryRows<Row>(
  em: EntityManager,
  statement: Sql | string,
  values: unknown[] = [],
): Promise<Row[]> {
  const runner = em.queryRunner ?? em.connection.createQueryRunner();
  const isSql = statement instanceof Sql;
  try {
    const result = await runner.query(isSql ? statement.text : statement, isSql ? statement.values : values, true);
    return result.records as Row[];
  } finally {
    if (!em.queryRunner) await runner.release();
  }
}

/** The one row of a statement, or `null`. */
export async function queryRow<Row>(
  em: EntityManager,
  statement: Sql | string,
  values: unknown[] = [],
): Promise<Row | null> {
  return (await queryRows<Row>(em, statement, values))[0] ?? null;
}

/** A pattern of LIKE for the text itself. */
export function toContainsPattern(text: string): string {
  return `%${escapeLike(text)}%`;
}

/** The text itself, where LIKE would read signs of its own. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

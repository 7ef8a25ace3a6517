import sqlTag, { empty, join, raw, Sql } from 'sql-template-tag';
import type { EntityManager } from 'typeorm';

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

/** The alias of a column, named as the field of the row: `"walletCovers"`. */
export function quoted(name: string): Sql {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw new Error(`Not a name: ${name}`);
  return raw(`"${name}"`);
}

/**
 * The rows that one statement returns, of any kind: TypeORM's `query` returns another type for UPDATE and DELETE.
 * @param statement aliases its columns as the fields of `Row`
 */
export async function queryRows<Row>(em: EntityManager, { text, values }: Sql): Promise<Row[]> {
  const runner = em.queryRunner ?? em.connection.createQueryRunner();
  try {
    const result = await runner.query(text, values, true);
    return result.records as Row[];
  } finally {
    if (!em.queryRunner) await runner.release();
  }
}

/** The first row of a statement, or `null`. */
export async function queryRow<Row>(em: EntityManager, statement: Sql): Promise<Row | null> {
  return (await queryRows<Row>(em, statement))[0] ?? null;
}

/** The LIKE pattern of texts that contain `text`. */
export function toContainsPattern(text: string): string {
  return `%${escapeLike(text)}%`;
}

/** Escapes what LIKE reads as wildcards. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

import type { Driver, EntityMetadata, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { identifier, joinSql, quoted, sql, Sql } from '../../core/sql.js';

/** A record that another one names in `column`. */
export interface Referred {
  column: ColumnMetadata;
  metadata: EntityMetadata;
}

export type RecordRow = Record<string, unknown>;

const OWN = 'own';
const toAlias = (place: number) => `referred_${place}`;

/**
 * A record of the panel with the records that it refers to, in one statement: AdminJS asks for each of them on its own.
 * @param kept what is composed at the first call: nothing but the id differs afterwards
 */
export function toRecordSql(
  kept: { strings?: readonly string[] },
  metadata: EntityMetadata,
  referred: readonly Referred[],
  id: string,
): Sql {
  kept.strings ??= composeRecordSql(metadata, referred, id).strings;
  return new Sql(kept.strings, [id]);
}

function composeRecordSql(metadata: EntityMetadata, referred: readonly Referred[], id: string): Sql {
  const columns = [
    toColumnsSql(metadata, OWN, OWN),
    ...referred.map((_, place) => sql`${identifier(toAlias(place))}.*`),
  ];
  const joins = referred.map(
    ({ column, metadata: other }, place) => sql`
  LEFT JOIN LATERAL (SELECT ${toColumnsSql(other, 'other', toAlias(place))}
                       FROM ${identifier(other.tableName)} other
                      WHERE other.id = ${identifier(`${OWN}.${column.databaseName}`)}) ${identifier(toAlias(place))} ON true`,
  );
  return sql`SELECT ${joinSql(columns, ', ')} FROM ${identifier(metadata.tableName)} ${identifier(OWN)}
    ${joinSql([sql``, ...joins], ' ')}
    WHERE ${identifier(OWN)}.id = ${id}`;
}

export function readRecord(driver: Driver, metadata: EntityMetadata, row: RecordRow): ObjectLiteral {
  return readEntity(driver, metadata, row, OWN);
}

/** `null` where the record refers to none. */
export function readReferred(
  driver: Driver,
  metadata: EntityMetadata,
  row: RecordRow,
  place: number,
): ObjectLiteral | null {
  const entity = readEntity(driver, metadata, row, toAlias(place));
  return entity.id === null ? null : entity;
}

function readEntity(driver: Driver, metadata: EntityMetadata, row: RecordRow, prefix: string): ObjectLiteral {
  return Object.fromEntries(
    getSelected(metadata).map((column) => [
      column.propertyName,
      driver.prepareHydratedValue(row[toName(prefix, column)], column) as unknown,
    ]),
  );
}

function toColumnsSql(metadata: EntityMetadata, table: string, prefix: string): Sql {
  const columns = getSelected(metadata).map(
    (column) => sql`${identifier(`${table}.${column.databaseName}`)} AS ${quoted(toName(prefix, column))}`,
  );
  return joinSql(columns, ', ');
}

function toName(prefix: string, { propertyName }: ColumnMetadata): string {
  return `${prefix}_${propertyName}`;
}

function getSelected({ columns }: EntityMetadata): ColumnMetadata[] {
  return columns.filter(({ isSelect }) => isSelect);
}

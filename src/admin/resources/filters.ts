import type { FilterElement } from 'adminjs';
import { And, Between, LessThan, LessThanOrEqual, MoreThanOrEqual, Raw, type FindOperator } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { readStatedTime } from './filter-times.js';
import { isStorableText } from '../../core/text.js';
import { findTextError } from '../../core/validation.js';
import { hasVisibleText, toTextKey } from '../../core/text-key.js';
import { toCountryCode, toLanguageTag } from '../../core/display-names.js';
import { toKeyPattern, toKeyPrefixPattern } from '../../core/text-key-sql.js';

const wholeNumbers = new Set<unknown>(['integer', 'bigint', 'smallint']);
const WHOLE_NUMBER = /^-?\d{1,15}$/;
const MAX_LENGTH = 500;
/** A trigram index needs as many characters. */
const MIN_INDEXED_LENGTH = 3;

function matchNothing(): FindOperator<unknown> {
  return Raw(() => 'FALSE');
}

/** Why a column cannot hold a filter's value, or one end of its range. Days and times without a zone are those of `timeZone`. */
export function findValueError(column: ColumnMetadata, value: string, isEnd: boolean, timeZone: string): string | null {
  if (column.type === 'timestamptz') {
    if (!isEnd) return 'must be given as a range, ~~from and ~~to';
    return readStatedTime(value, timeZone) ? null : 'must be a day or a time like 2026-11-30 or 2026-11-30T08:00:00Z';
  }
  if (wholeNumbers.has(column.type)) return WHOLE_NUMBER.test(value) ? null : 'must be a whole number';
  if (isEnd) return 'has no range';
  if (column.type === 'boolean') return ['true', 'false'].includes(value) ? null : 'must be true or false';
  if (column.enum && !column.enum.includes(value)) return `must be one of ${column.enum.join(', ')}`;
  return findTextError(value, 1, MAX_LENGTH);
}

/**
 * The condition of a list's filter. AdminJS creates filters without `findValueError`, so a value that the column cannot hold matches
 * nothing instead of becoming an error of PostgreSQL.
 */
export function toCondition(
  column: ColumnMetadata,
  value: FilterElement['value'],
  timeZone: string,
): FindOperator<unknown> {
  if (column.type === 'timestamptz') return betweenTimes(value, timeZone);
  if (wholeNumbers.has(column.type) && typeof value === 'object') return betweenNumbers(column, value);
  if (!isStorableText(value) || !hasVisibleText(value) || value.length > MAX_LENGTH) return matchNothing();
  const text = column.propertyName === 'handle' ? toTextKey(value).replace(/^@/, '') : value.trim();
  if (column.isArray)
    return compare(column, toItemCondition(column, text), (name, param) => `${name} @> ARRAY[CAST(${param} AS text)]`);
  if (wholeNumbers.has(column.type)) {
    // A number beyond the column's type matches no row.
    const equal = (name: string, param: string) => `CAST(${name} AS bigint) = CAST(${param} AS bigint)`;
    return WHOLE_NUMBER.test(text) ? compare(column, text, equal) : matchNothing();
  }
  if (column.type === 'boolean') {
    return ['true', 'false'].includes(text)
      ? compare(column, text, (name, param) => `${name} = ${param}`)
      : matchNothing();
  }
  if (column.type === 'jsonb') {
    return compare(column, toKeyPattern(text), (name, param) => `${keyOf(`CAST(${name} AS text)`)} LIKE ${param}`);
  }
  if (column.enum || isIdColumn(column)) return compare(column, text, (name, param) => `${name} = ${param}`);
  if (column.propertyName === 'language') return matchLanguage(column, toTextKey(toLanguageTag(text)));
  const isPrefix = column.propertyName === 'handle' && [...toTextKey(text)].length < MIN_INDEXED_LENGTH;
  return compare(column, isPrefix ? toKeyPrefixPattern(text) : toKeyPattern(text), (name, param) =>
    // A partial index knows nothing of functions.
    column.isNullable ? `${name} IS NOT NULL AND ${keyOf(name)} LIKE ${param}` : `${keyOf(name)} LIKE ${param}`,
  );
}

/** What `textKeySql` is in TypeORM's conditions. @param text the name of a column, or an expression */
export function keyOf(text: string): string {
  return `(text_key(${text}) COLLATE "C")`;
}

function toItemCondition({ propertyName }: ColumnMetadata, text: string): string {
  if (propertyName === 'countries' || propertyName === 'geo') return toTextKey(toCountryCode(text)).toUpperCase();
  return propertyName === 'verticals' || propertyName === 'synonyms' ? toTextKey(text) : text;
}

/** `en` matches every English, `en-GB` that one alone. */
function matchLanguage(column: ColumnMetadata, language: string): FindOperator<unknown> {
  return compare(column, language, (name, param) => {
    const primary = `lower(split_part(${name}, '-', 1)) = split_part(${param}, '-', 1)`;
    return language.includes('-') ? `${primary} AND lower(${name} COLLATE "C") = ${param}` : primary;
  });
}

/** The parameter is named after the column: a list may be filtered by several. */
function compare(
  column: ColumnMetadata,
  value: string,
  comparison: (name: string, param: string) => string,
): FindOperator<unknown> {
  const param = `filter_${column.propertyName}`;
  return Raw((name) => comparison(name, `:${param}`), { [param]: value });
}

/** Ids are compared whole, by their index; the `requestId` of a lease request, which the partner chose, may be a part. */
export function isIdColumn({ propertyName, entityMetadata }: ColumnMetadata): boolean {
  if (propertyName === 'requestId') return entityMetadata.tableName === 'audit_event';
  return propertyName === 'id' || propertyName.endsWith('Id');
}

/** Both ends are included: the last day, minute or second as a whole. */
function betweenTimes(value: FilterElement['value'], timeZone: string): FindOperator<unknown> {
  if (typeof value !== 'object' || value === null) return matchNothing();
  const [from, to] = [value.from, value.to].map((end) =>
    end ? readStatedTime(String(end).trim(), timeZone) : undefined,
  );
  if (from === null || to === null) return matchNothing();
  if (from && to) return And(MoreThanOrEqual(from.start), LessThan(to.end));
  if (from) return MoreThanOrEqual(from.start);
  return to ? LessThan(to.end) : matchNothing();
}

function betweenNumbers(column: ColumnMetadata, value: Exclude<FilterElement['value'], string>): FindOperator<unknown> {
  // PostgreSQL refuses a parameter beyond the column's type.
  const max = column.type === 'bigint' ? 1e15 : 2_147_483_647;
  const ends = [value.from, value.to].map((end) => String(end ?? '').trim());
  if (ends.some((end) => end !== '' && !WHOLE_NUMBER.test(end))) return matchNothing();
  const [from, to] = ends.map((end) => (end === '' ? null : Math.min(Math.max(Number(end), -max), max)));
  if (typeof from === 'number' && typeof to === 'number') return Between(from, to);
  if (typeof from === 'number') return MoreThanOrEqual(from);
  return typeof to === 'number' ? LessThanOrEqual(to) : matchNothing();
}

import type { FilterElement } from 'adminjs';
import { Between, ILike, LessThanOrEqual, MoreThanOrEqual, Raw, type FindOperator } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { normalizeVertical } from '../../account-pool/matching.js';
import { isStorableText } from '../../core/text.js';
import { findTextError } from '../../core/validation.js';
import { toContainsPattern, escapeLike } from '../../core/sql.js';

const wholeNumbers = new Set<unknown>(['integer', 'bigint', 'smallint']);
const WHOLE_NUMBER = /^-?\d{1,15}$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;
const MAX_LENGTH = 500;
const SHORTEST_PART = 3;

/** Finds nothing: what was asked for cannot be in that column. */
function matchNothing(): FindOperator<unknown> {
  return Raw(() => 'FALSE');
}

/** Why a column cannot hold what a filter, or one end of its range, asks for; `null` where it can. */
export function findFilterError(column: ColumnMetadata, value: string, isEnd: boolean): string | null {
  if (column.type === 'timestamptz') {
    if (!isEnd) return 'is asked for by its ends, ~~from and ~~to';
    return isTime(value) ? null : 'must be a day or a time like 2026-11-30 or 2026-11-30T08:00:00Z';
  }
  if (wholeNumbers.has(column.type)) return WHOLE_NUMBER.test(value) ? null : 'must be a whole number';
  if (isEnd) return 'has no range';
  if (column.type === 'boolean') return ['true', 'false'].includes(value) ? null : 'must be true or false';
  if (column.enum && !column.enum.includes(value)) return `must be one of ${column.enum.join(', ')}`;
  return findTextError(value, 1, MAX_LENGTH);
}

/**
 * What a list's filter asks of a column. AdminJS makes filters of its own too, so what the column cannot hold finds
 * nothing, and never becomes an error of PostgreSQL.
 */
export function toCondition(column: ColumnMetadata, value: FilterElement['value']): FindOperator<unknown> {
  if (column.type === 'timestamptz') return betweenTimes(value);
  if (wholeNumbers.has(column.type) && typeof value === 'object') return betweenNumbers(column, value);
  if (!isStorableText(value) || value.length > MAX_LENGTH) return matchNothing();
  const text = column.propertyName === 'handle' ? value.trim().replace(/^@/, '') : value.trim();
  if (column.isArray)
    return comparing(
      column,
      toItemCondition(column, text),
      (name, given) => `${name} @> ARRAY[CAST(${given} AS text)]`,
    );
  if (wholeNumbers.has(column.type)) {
    // Beyond the column's own type it is still a number that no row has.
    const equal = (name: string, given: string) => `CAST(${name} AS bigint) = CAST(${given} AS bigint)`;
    return WHOLE_NUMBER.test(text) ? comparing(column, text, equal) : matchNothing();
  }
  if (column.type === 'boolean') {
    return ['true', 'false'].includes(text)
      ? comparing(column, text, (name, given) => `${name} = ${given}`)
      : matchNothing();
  }
  if (column.type === 'jsonb') {
    return comparing(column, toContainsPattern(text), (name, given) => `CAST(${name} AS text) ILIKE ${given}`);
  }
  if (column.enum || isIdentity(column)) return comparing(column, text, (name, given) => `${name} = ${given}`);
  if (column.propertyName === 'language') return ofLanguage(column, text.toLowerCase());
  // From a few letters an index finds nothing but beginnings.
  const begins = column.propertyName === 'handle' && [...text].length < SHORTEST_PART;
  return ILike(begins ? `${escapeLike(text)}%` : toContainsPattern(text));
}

/** As the column keeps its items. */
function toItemCondition({ propertyName }: ColumnMetadata, text: string): string {
  if (propertyName === 'countries' || propertyName === 'geo') return text.toUpperCase();
  return propertyName === 'verticals' || propertyName === 'synonyms' ? normalizeVertical(text) : text;
}

/** `en` is every English, `en-GB` that one alone. */
function ofLanguage(column: ColumnMetadata, language: string): FindOperator<unknown> {
  return comparing(column, language, (name, given) => {
    const primary = `lower(split_part(${name}, '-', 1)) = split_part(${given}, '-', 1)`;
    return language.includes('-') ? `${primary} AND lower(${name}) = ${given}` : primary;
  });
}

/** One comparison of a column; the parameter is named after it, for a list may be filtered by several. */
function comparing(
  column: ColumnMetadata,
  value: string,
  comparison: (name: string, given: string) => string,
): FindOperator<unknown> {
  const parameter = `filter_${column.propertyName}`;
  return Raw((name) => comparison(name, `:${parameter}`), { [parameter]: value });
}

/** Ids are looked up whole, by their index; a request's id in the partner's words may be typed in part. */
function isIdentity({ propertyName }: ColumnMetadata): boolean {
  return propertyName === 'id' || (propertyName.endsWith('Id') && propertyName !== 'requestId');
}

function betweenTimes(value: FilterElement['value']): FindOperator<unknown> {
  if (typeof value !== 'object' || value === null) return matchNothing();
  const from = value.from ? new Date(value.from) : null;
  const to = value.to ? new Date(value.to) : null;
  if ([from, to].some((time) => time !== null && !isStorableTime(time))) return matchNothing();
  if (from && to) return Between(from, to);
  if (from) return MoreThanOrEqual(from);
  return to ? LessThanOrEqual(to) : matchNothing();
}

function betweenNumbers(column: ColumnMetadata, value: Exclude<FilterElement['value'], string>): FindOperator<unknown> {
  // Beyond the column's own type nothing lies, and PostgreSQL would refuse to look.
  const most = column.type === 'bigint' ? 1e15 : 2_147_483_647;
  const ends = [value.from, value.to].map((end) => String(end ?? '').trim());
  if (ends.some((end) => end !== '' && !WHOLE_NUMBER.test(end))) return matchNothing();
  const [from, to] = ends.map((end) => (end === '' ? null : Math.min(Math.max(Number(end), -most), most)));
  if (typeof from === 'number' && typeof to === 'number') return Between(from, to);
  if (typeof from === 'number') return MoreThanOrEqual(from);
  return typeof to === 'number' ? LessThanOrEqual(to) : matchNothing();
}

function isTime(text: string): boolean {
  return TIME.test(text) && isStorableTime(new Date(text));
}

function isStorableTime(time: Date): boolean {
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

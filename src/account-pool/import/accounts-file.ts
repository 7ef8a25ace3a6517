import { isStorableText } from '../../core/text.js';
import { findTextError } from '../../core/validation.js';
import {
  findCountryError,
  findHandleError,
  toHandleKey,
  findLanguageError,
  MAX_FOLLOWERS,
  MAX_COUNTRIES,
  MAX_VERTICALS,
  toStored,
  findVerticalError,
} from '../account-fields.js';
import { accountStatuses, type AccountStatus } from '../account-status.js';
import { readRecords, rejectFile, type CsvRecord } from './csv-records.js';

/** An account of a valid line. */
export interface AccountLine {
  line: number;
  handle: string;
  handleKey: string;
  followers: number;
  verticals: string[];
  language: string;
  countries: string[];
  /** `null` where the file states none. */
  status: AccountStatus | null;
  /** `null` where the file states none. */
  statusReason: string | null;
}

/** `line` is where the record begins, as the file numbers its lines. */
export interface RejectedLine {
  line: number;
  reason: string;
}

export interface AccountsFile {
  valid: AccountLine[];
  rejected: RejectedLine[];
}

const requiredColumns = ['handle', 'followers', 'vertical', 'language', 'geo'] as const;
const columns = [...requiredColumns, 'status', 'statusReason'] as const;
type Column = (typeof columns)[number];
/** What an exported pool and the list of rejected lines call a column. */
const otherNames = new Map<string, Column>([
  ['verticals', 'vertical'],
  ['countries', 'geo'],
  ['statusreason', 'statusReason'],
]);
/** Columns of these two that say nothing of an account's own. */
const ignoredNames = new Set(['id', 'platform', 'createdat', 'updatedat', 'line', 'reason']);
const MAX_REASON_LENGTH = 500;

/**
 * Reads a CSV of accounts: header `handle,followers,vertical,language,geo,status` in any order, `status` optional,
 * `|` between several verticals and countries; an exported pool too. A line with errors does not affect the others.
 * @throws ValidationFailed when the file as a whole cannot be read
 */
export async function readAccountsFile(content: Buffer): Promise<AccountsFile> {
  const valid: AccountLine[] = [];
  const rejected: RejectedLine[] = [];
  const lineOfHandle = new Map<string, number>();
  let header: { columnIndexes: Map<Column, number>; width: number } | null = null;
  const { unclosedLine } = await readRecords(content, (record) => {
    if (header === null) {
      const names = withoutEmptyEnd(record.fields);
      header = { columnIndexes: readHeader(names), width: names.length };
      return;
    }
    const account = readAccount(record, header.columnIndexes, header.width);
    const earlier = 'reason' in account ? undefined : lineOfHandle.get(account.handleKey);
    if ('reason' in account) rejected.push(account);
    else if (earlier) rejected.push({ line: account.line, reason: `the handle is on line ${earlier} already` });
    else {
      lineOfHandle.set(account.handleKey, account.line);
      valid.push(account);
    }
  });
  if (header === null) readHeader([]);
  if (unclosedLine) rejected.push({ line: unclosedLine, reason: 'a quotation mark is opened here and never closed' });
  return { valid, rejected };
}

/** The header and all fields of some lines, as the file has them. @param lines where the records begin */
export async function readLines(
  content: Buffer,
  lines: Set<number>,
): Promise<{ header: string[]; fields: Map<number, string[]> }> {
  let header: string[] | null = null;
  const fields = new Map<number, string[]>();
  await readRecords(content, (record) => {
    if (header === null) header = withoutEmptyEnd(record.fields);
    else if (lines.has(record.line)) fields.set(record.line, withoutEmptyEnd(record.fields));
  });
  return { header: header ?? [], fields };
}

/** A spreadsheet writes columns that are empty, or were once filled. */
function withoutEmptyEnd(fields: string[]): string[] {
  return fields.slice(0, fields.findLastIndex((field) => field.trim() !== '') + 1);
}

function readHeader(header: string[]): Map<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase()).map((name) => otherNames.get(name) ?? name);
  const missing = requiredColumns.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const firstName = names[0] ?? '';
    const hint = names.length === 1 && /[;\t]/.test(firstName) ? '; put commas between the columns' : '';
    rejectFile(
      `must begin with the header ${[...requiredColumns, 'status'].join(',')}; missing: ${missing.join(', ')}${hint}`,
    );
  }
  const columnIndexes = new Map<Column, number>();
  for (const [index, name] of names.entries()) {
    if (ignoredNames.has(name)) continue;
    if (name === '') rejectFile(`has no name for column ${index + 1}; name it or remove it`);
    const column = columns.find((known) => known === name);
    if (!column) {
      rejectFile(
        `has the unknown column ${JSON.stringify(name.slice(0, 40))}; remove it or rename it to one of ${columns.join(', ')}`,
      );
    }
    if (columnIndexes.has(column)) rejectFile(`has the column ${column} twice; remove one`);
    columnIndexes.set(column, index);
  }
  return columnIndexes;
}

function readAccount(record: CsvRecord, columnIndexes: Map<Column, number>, width: number): AccountLine | RejectedLine {
  const { line } = record;
  const fields = record.fields.length > width ? withoutEmptyEnd(record.fields) : record.fields;
  if (fields.length > width || record.fields.length < width) {
    const hint =
      record.lastLine > line
        ? ` (the record goes on to line ${record.lastLine}: look for an unmatched quotation mark)`
        : '';
    return { line, reason: `has ${fields.length} fields where the header has ${width}${hint}` };
  }
  const field = (column: Column) => fields[columnIndexes.get(column) ?? -1]?.trim() ?? '';
  const list = (column: Column) =>
    field(column) === ''
      ? []
      : field(column)
          .split('|')
          .map((item) => item.trim());
  const handle = field('handle');
  const verticals = list('vertical');
  const countries = list('geo');
  const status = field('status').toLowerCase();
  const errors = [
    fields.every(isStorableText) ? null : 'the line must not contain NUL',
    withColumn('handle', findHandleError(handle)),
    withColumn('followers', findFollowersError(field('followers'))),
    withColumn('vertical', findListError(verticals, 1, MAX_VERTICALS, findVerticalError)),
    withColumn('language', findLanguageError(field('language'))),
    withColumn('geo', findListError(countries, 0, MAX_COUNTRIES, findCountryError)),
    withColumn('status', status === '' || isStatus(status) ? null : `must be one of ${accountStatuses.join(', ')}`),
    withColumn('statusReason', findTextError(field('statusReason'), 0, MAX_REASON_LENGTH)),
  ].filter((error) => error !== null);
  if (errors.length > 0) return { line, reason: errors.join('; ') };
  return {
    line,
    handle: toStored.handle(handle),
    handleKey: toHandleKey(handle),
    followers: Number(field('followers')),
    verticals: toStored.verticals(verticals),
    language: toStored.language(field('language')),
    countries: toStored.countries(countries),
    status: isStatus(status) ? status : null,
    statusReason: field('statusReason') || null,
  };
}

function withColumn(column: Column, error: string | null): string | null {
  return error && `${column} ${error}`;
}

function findFollowersError(followers: string): string | null {
  const isValid = /^\d{1,10}$/.test(followers) && Number(followers) <= MAX_FOLLOWERS;
  return isValid ? null : `must be a whole number from 0 to ${MAX_FOLLOWERS}`;
}

function findListError(items: string[], min: number, max: number, findItemError: (item: string) => string | null) {
  if (items.length < min) return 'must not be empty';
  if (items.length > max) return `must have at most ${max} values`;
  return items.map(findItemError).find((error) => error !== null) ?? null;
}

function isStatus(status: string): status is AccountStatus {
  return (accountStatuses as readonly string[]).includes(status);
}

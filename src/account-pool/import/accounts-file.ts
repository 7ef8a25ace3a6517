import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { ValidationFailed } from '../../core/errors.js';
import { isStorableText } from '../../core/text.js';
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
}

/** `line` is where the record begins; the header is line 1. */
export interface RejectedLine {
  line: number;
  reason: string;
}

export interface AccountsFile {
  valid: AccountLine[];
  rejected: RejectedLine[];
}

interface CsvRecord {
  line: number;
  lastLine: number;
  fields: string[];
}

const requiredColumns = ['handle', 'followers', 'vertical', 'language', 'geo'] as const;
const columns = [...requiredColumns, 'status'] as const;
type Column = (typeof columns)[number];

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 300_000;
const MAX_LINE_LENGTH = 1024 * 1024;
const MAX_HEADER_LENGTH = 40;
/** Records that are read before other work of the process gets its turn. */
const READ_BATCH_SIZE = 1_000;
const CHUNK_BYTES = 64 * 1024;
const LINE_BREAK = /\r\n|\n|\r/;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a CSV of accounts: header `handle,followers,vertical,language,geo,status` in any order, `status` optional,
 * `|` between several verticals and countries. A line with errors does not affect the others.
 * @throws ValidationFailed when the file as a whole cannot be read
 */
export async function readAccountsFile(content: Buffer): Promise<AccountsFile> {
  assertText(content);
  assertLines(content);
  const csv = content.subarray(0, 3).equals(byteOrderMark) ? content.subarray(3) : content;
  const valid: AccountLine[] = [];
  const rejected: RejectedLine[] = [];
  const lineOfHandle = new Map<string, number>();
  let header: { columnIndexes: Map<Column, number>; width: number } | null = null;
  const { unclosedLine } = await readRecords(csv, (record) => {
    if (header === null) {
      header = { columnIndexes: readHeader(record.fields), width: record.fields.length };
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

/** @throws ValidationFailed */
function rejectFile(message: string): never {
  throw new ValidationFailed([{ path: 'file', message }]);
}

function assertText(content: Buffer): void {
  if (content.length > MAX_BYTES) rejectFile(`is larger than ${MAX_BYTES / 1024 / 1024} MiB; split it`);
  if (content.toString('latin1', 0, 4) === 'PK\x03\x04') {
    rejectFile('is not UTF-8 text but a workbook or an archive; save it as CSV UTF-8');
  }
  // A NUL in the header: UTF-16 without a byte order mark.
  if (!isUtf8(content) || content.subarray(0, MAX_HEADER_LENGTH).includes(0)) {
    rejectFile('is not UTF-8 text; save it as CSV UTF-8');
  }
}

function assertLines(content: Buffer): void {
  let lines = 1;
  let from = 0;
  for (let at = 0; at < content.length; at += 1) {
    if (content[at] !== LF && content[at] !== CR) continue;
    if (content[at] === LF || content[at + 1] !== LF) lines += 1;
    assertLineLength(at - from, lines - 1);
    from = at + 1;
  }
  assertLineLength(content.length - from, lines);
  if (lines > MAX_LINES + 1) rejectFile(`has more than ${MAX_LINES.toLocaleString('en-US')} lines; split it`);
}

function assertLineLength(length: number, line: number): void {
  if (length > MAX_LINE_LENGTH) {
    rejectFile(
      `is no list of accounts: line ${Math.max(1, line)} is longer than 1 MiB; look there for a line break that is missing`,
    );
  }
}

/** Streams the records, one in memory at a time. @returns the line of a quotation mark that is never closed */
async function readRecords(
  csv: Buffer,
  onRecord: (record: CsvRecord) => void,
): Promise<{ unclosedLine: number | null }> {
  let isUnclosed = false;
  const parser = parse({
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: () => {
      isUnclosed = true;
      return undefined;
    },
  });
  Readable.from(toChunks(csv)).pipe(parser);

  let line = 1;
  let from = 0;
  let recordCount = 0;
  const countLineBreaks = (to: number) => csv.toString('utf8', from, to).split(LINE_BREAK).length - 1;
  const skipEmptyLines = () => {
    while (csv[from] === CR || csv[from] === LF) {
      from += csv[from] === CR && csv[from + 1] === LF ? 2 : 1;
      line += 1;
    }
  };
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
    skipEmptyLines();
    const lineBreaks = countLineBreaks(info.bytes);
    // The last line may end without a line break.
    const endsWithBreak = csv[info.bytes - 1] === CR || csv[info.bytes - 1] === LF;
    const lastLine = line + lineBreaks - (endsWithBreak ? 1 : 0);
    if (record.some((field) => field.trim() !== '')) onRecord({ line, lastLine, fields: record });
    line += lineBreaks;
    from = info.bytes;
    if ((recordCount += 1) % READ_BATCH_SIZE === 0) await yieldToOthers();
  }
  skipEmptyLines();
  return { unclosedLine: isUnclosed ? line : null };
}

function* toChunks(csv: Buffer): Generator<Buffer> {
  for (let from = 0; from < csv.length; from += CHUNK_BYTES) yield csv.subarray(from, from + CHUNK_BYTES);
}

function readHeader(header: string[]): Map<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = requiredColumns.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const firstName = names[0] ?? '';
    const hint = names.length === 1 && /[;\t]/.test(firstName) ? '; put commas between the columns' : '';
    rejectFile(`must begin with the header ${columns.join(',')}; missing: ${missing.join(', ')}${hint}`);
  }
  const columnIndexes = new Map<Column, number>();
  for (const [index, name] of names.entries()) {
    const column = columns.find((known) => known === name);
    if (!column) {
      rejectFile(
        `has the unknown column ${JSON.stringify(name.slice(0, 40))}; take it away or give it a name of these: ${columns.join(', ')}`,
      );
    }
    if (columnIndexes.has(column)) rejectFile(`has the column ${column} twice; take one of them away`);
    columnIndexes.set(column, index);
  }
  return columnIndexes;
}

function readAccount(record: CsvRecord, columnIndexes: Map<Column, number>, width: number): AccountLine | RejectedLine {
  const { line, fields } = record;
  if (fields.length !== width) {
    const hint =
      record.lastLine > line ? ` (the record goes on to line ${record.lastLine}: look for a lone quotation mark)` : '';
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

import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate as letOthers } from 'node:timers/promises';
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

/** An account as a good line of the file has it. */
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

/** A line that was left out. `line` is where the record begins, 1 being the header. */
export interface RejectedLine {
  line: number;
  reason: string;
}

export interface AccountsFile {
  good: AccountLine[];
  rejected: RejectedLine[];
}

interface CsvRecord {
  line: number;
  lastLine: number;
  fields: string[];
}

const required = ['handle', 'followers', 'vertical', 'language', 'geo'] as const;
const columns = [...required, 'status'] as const;
type Column = (typeof columns)[number];

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 300_000;
const MAX_LINE_LENGTH = 1024 * 1024;
const MAX_HEADER_LENGTH = 40;
/** Records that are read before others get their turn: the service goes on answering while a large file is read. */
const AT_A_TIME = 1_000;
const PIECE = 64 * 1024;
const LINE_BREAK = /\r\n|\n|\r/;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a CSV of accounts: header `handle,followers,vertical,language,geo,status` in any order, `status` optional,
 * `|` between several verticals and countries. Every line is judged for itself.
 * @throws ValidationFailed when the file as a whole cannot be read
 */
export async function readAccountsFile(content: Buffer): Promise<AccountsFile> {
  assertText(content);
  assertLines(content);
  const csv = content.subarray(0, 3).equals(byteOrderMark) ? content.subarray(3) : content;
  const good: AccountLine[] = [];
  const rejected: RejectedLine[] = [];
  const lineOfHandle = new Map<string, number>();
  let header: { places: Map<Column, number>; width: number } | null = null;
  const { unclosed } = await readRecords(csv, (record) => {
    if (header === null) {
      header = { places: readHeader(record.fields), width: record.fields.length };
      return;
    }
    const account = readAccount(record, header.places, header.width);
    const earlier = 'reason' in account ? undefined : lineOfHandle.get(account.handleKey);
    if ('reason' in account) rejected.push(account);
    else if (earlier) rejected.push({ line: account.line, reason: `the handle is on line ${earlier} already` });
    else {
      lineOfHandle.set(account.handleKey, account.line);
      good.push(account);
    }
  });
  if (header === null) readHeader([]);
  if (unclosed) rejected.push({ line: unclosed, reason: 'a quotation mark is opened here and never closed' });
  return { good, rejected };
}

function toFileError(message: string): never {
  throw new ValidationFailed([{ path: 'file', message }]);
}

function assertText(content: Buffer): void {
  if (content.length > MAX_BYTES) toFileError(`is larger than ${MAX_BYTES / 1024 / 1024} MiB; split it`);
  if (content.toString('latin1', 0, 4) === 'PK\x03\x04') {
    toFileError('is not UTF-8 text but a workbook or an archive; save it as CSV UTF-8');
  }
  // A header has no NUL: this is what UTF-16 looks like without its mark.
  if (!isUtf8(content) || content.subarray(0, MAX_HEADER_LENGTH).includes(0))
    toFileError('is not UTF-8 text; save it as CSV UTF-8');
}

function assertLines(content: Buffer): void {
  let lines = 1;
  let from = 0;
  for (let at = 0; at < content.length; at += 1) {
    if (content[at] !== LF && content[at] !== CR) continue;
    if (content[at] === LF || content[at + 1] !== LF) lines += 1;
    assertShortLines(at - from, lines - 1);
    from = at + 1;
  }
  assertShortLines(content.length - from, lines);
  if (lines > MAX_LINES + 1) toFileError(`has more than ${MAX_LINES.toLocaleString('en-US')} lines; split it`);
}

function assertShortLines(length: number, line: number): void {
  if (length > MAX_LINE_LENGTH)
    toFileError(
      `is no list of accounts: line ${Math.max(1, line)} is longer than 1 MiB; look there for a line break that is missing`,
    );
}

/** Reads record by record, so that no more than one is held at a time. */
async function readRecords(csv: Buffer, take: (record: CsvRecord) => void): Promise<{ unclosed: number | null }> {
  let unclosed = false;
  const parser = parse({
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: () => {
      unclosed = true;
      return undefined;
    },
  });
  Readable.from(toPieces(csv)).pipe(parser);

  let line = 1;
  let from = 0;
  let read = 0;
  const linesBefore = (to: number) => csv.toString('utf8', from, to).split(LINE_BREAK).length - 1;
  const skipEmptyLines = () => {
    while (csv[from] === CR || csv[from] === LF) {
      from += csv[from] === CR && csv[from + 1] === LF ? 2 : 1;
      line += 1;
    }
  };
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
    skipEmptyLines();
    const breaks = linesBefore(info.bytes);
    // The last line may end without a line break.
    const endsWithBreak = csv[info.bytes - 1] === CR || csv[info.bytes - 1] === LF;
    const lastLine = line + breaks - (endsWithBreak ? 1 : 0);
    if (record.some((field) => field.trim() !== '')) take({ line, lastLine, fields: record });
    line += breaks;
    from = info.bytes;
    if ((read += 1) % AT_A_TIME === 0) await letOthers();
  }
  skipEmptyLines();
  return { unclosed: unclosed ? line : null };
}

function* toPieces(csv: Buffer): Generator<Buffer> {
  for (let from = 0; from < csv.length; from += PIECE) yield csv.subarray(from, from + PIECE);
}

function readHeader(header: string[]): Map<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const only = names[0] ?? '';
    const hint = names.length === 1 && /[;\t]/.test(only) ? '; put commas between the columns' : '';
    toFileError(`must begin with the header ${columns.join(',')}; missing: ${missing.join(', ')}${hint}`);
  }
  const places = new Map<Column, number>();
  for (const [place, name] of names.entries()) {
    const column = columns.find((known) => known === name);
    if (!column)
      toFileError(
        `has the unknown column ${JSON.stringify(name.slice(0, 40))}; take it away or give it a name of these: ${columns.join(', ')}`,
      );
    if (places.has(column)) toFileError(`has the column ${column} twice; take one of them away`);
    places.set(column, place);
  }
  return places;
}

function readAccount(record: CsvRecord, places: Map<Column, number>, width: number): AccountLine | RejectedLine {
  const { line, fields } = record;
  if (fields.length !== width) {
    const reach =
      record.lastLine > line ? ` (the record goes on to line ${record.lastLine}: look for a lone quotation mark)` : '';
    return { line, reason: `has ${fields.length} fields where the header has ${width}${reach}` };
  }
  const field = (column: Column) => fields[places.get(column) ?? -1]?.trim() ?? '';
  const several = (column: Column) =>
    field(column) === ''
      ? []
      : field(column)
          .split('|')
          .map((item) => item.trim());
  const handle = field('handle');
  const verticals = several('vertical');
  const countries = several('geo');
  const status = field('status').toLowerCase();
  const faults = [
    fields.every(isStorableText) ? null : 'the line must not contain NUL',
    about('handle', findHandleError(handle)),
    about('followers', findFollowersError(field('followers'))),
    about('vertical', findListError(verticals, 1, MAX_VERTICALS, findVerticalError)),
    about('language', findLanguageError(field('language'))),
    about('geo', findListError(countries, 0, MAX_COUNTRIES, findCountryError)),
    about('status', status === '' || isStatus(status) ? null : `must be one of ${accountStatuses.join(', ')}`),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) return { line, reason: faults.join('; ') };
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

function about(column: Column, fault: string | null): string | null {
  return fault && `${column} ${fault}`;
}

function findFollowersError(followers: string): string | null {
  const fits = /^\d{1,10}$/.test(followers) && Number(followers) <= MAX_FOLLOWERS;
  return fits ? null : `must be a whole number from 0 to ${MAX_FOLLOWERS}`;
}

function findListError(items: string[], least: number, most: number, itemFault: (item: string) => string | null) {
  if (items.length < least) return 'must not be empty';
  if (items.length > most) return `must have at most ${most} values`;
  return items.map(itemFault).find((fault) => fault !== null) ?? null;
}

function isStatus(status: string): status is AccountStatus {
  return (accountStatuses as readonly string[]).includes(status);
}

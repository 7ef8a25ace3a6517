import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate as letOthers } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { ValidationFailed } from '../common/errors.js';
import { isCleanText } from '../common/checks.js';
import {
  countryFault,
  handleFault,
  handleKey,
  languageFault,
  MAX_FOLLOWERS,
  MOST_COUNTRIES,
  MOST_VERTICALS,
  stored,
  verticalFault,
} from './account-fields.js';
import { accountStatuses, type AccountStatus } from './account-status.js';

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

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_LINES = 300_000;
const LONGEST_LINE = 1024 * 1024;
const LONGEST_HEADER = 40;
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
  mustBeText(content);
  mustBeLines(content);
  const csv = content.subarray(0, 3).equals(byteOrderMark) ? content.subarray(3) : content;
  const good: AccountLine[] = [];
  const rejected: RejectedLine[] = [];
  const lineOfHandle = new Map<string, number>();
  let header: { places: Map<Column, number>; width: number } | null = null;
  const { unclosed } = await eachRecord(csv, (record) => {
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

function refuseFile(message: string): never {
  throw new ValidationFailed([{ path: 'file', message }]);
}

function mustBeText(content: Buffer): void {
  if (content.length > MOST_BYTES) refuseFile(`is larger than ${MOST_BYTES / 1024 / 1024} MiB; split it`);
  if (content.toString('latin1', 0, 4) === 'PK\x03\x04') {
    refuseFile('is not UTF-8 text but a workbook or an archive; save it as CSV UTF-8');
  }
  // A header has no NUL: this is what UTF-16 looks like without its mark.
  if (!isUtf8(content) || content.subarray(0, LONGEST_HEADER).includes(0))
    refuseFile('is not UTF-8 text; save it as CSV UTF-8');
}

function mustBeLines(content: Buffer): void {
  let lines = 1;
  let from = 0;
  for (let at = 0; at < content.length; at += 1) {
    if (content[at] !== LF && content[at] !== CR) continue;
    if (content[at] === LF || content[at + 1] !== LF) lines += 1;
    mustBeShort(at - from, lines - 1);
    from = at + 1;
  }
  mustBeShort(content.length - from, lines);
  if (lines > MOST_LINES + 1) refuseFile(`has more than ${MOST_LINES.toLocaleString('en-US')} lines; split it`);
}

function mustBeShort(length: number, line: number): void {
  if (length > LONGEST_LINE)
    refuseFile(
      `is no list of accounts: line ${Math.max(1, line)} is longer than 1 MiB; look there for a line break that is missing`,
    );
}

/** Reads record by record, so that no more than one is held at a time. */
async function eachRecord(csv: Buffer, take: (record: CsvRecord) => void): Promise<{ unclosed: number | null }> {
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
  Readable.from(piecesOf(csv)).pipe(parser);

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

function* piecesOf(csv: Buffer): Generator<Buffer> {
  for (let from = 0; from < csv.length; from += PIECE) yield csv.subarray(from, from + PIECE);
}

function readHeader(header: string[]): Map<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const only = names[0] ?? '';
    const hint = names.length === 1 && /[;\t]/.test(only) ? '; put commas between the columns' : '';
    refuseFile(`must begin with the header ${columns.join(',')}; missing: ${missing.join(', ')}${hint}`);
  }
  const places = new Map<Column, number>();
  for (const [place, name] of names.entries()) {
    const column = columns.find((known) => known === name);
    if (!column)
      refuseFile(
        `has the unknown column ${JSON.stringify(name.slice(0, 40))}; take it away or give it a name of these: ${columns.join(', ')}`,
      );
    if (places.has(column)) refuseFile(`has the column ${column} twice; take one of them away`);
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
    fields.every(isCleanText) ? null : 'the line must not contain NUL',
    about('handle', handleFault(handle)),
    about('followers', followersFault(field('followers'))),
    about('vertical', listFault(verticals, 1, MOST_VERTICALS, verticalFault)),
    about('language', languageFault(field('language'))),
    about('geo', listFault(countries, 0, MOST_COUNTRIES, countryFault)),
    about('status', status === '' || isStatus(status) ? null : `must be one of ${accountStatuses.join(', ')}`),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) return { line, reason: faults.join('; ') };
  return {
    line,
    handle: stored.handle(handle),
    handleKey: handleKey(handle),
    followers: Number(field('followers')),
    verticals: stored.verticals(verticals),
    language: stored.language(field('language')),
    countries: stored.countries(countries),
    status: isStatus(status) ? status : null,
  };
}

function about(column: Column, fault: string | null): string | null {
  return fault && `${column} ${fault}`;
}

function followersFault(followers: string): string | null {
  const fits = /^\d{1,10}$/.test(followers) && Number(followers) <= MAX_FOLLOWERS;
  return fits ? null : `must be a whole number from 0 to ${MAX_FOLLOWERS}`;
}

function listFault(items: string[], least: number, most: number, itemFault: (item: string) => string | null) {
  if (items.length < least) return 'must not be empty';
  if (items.length > most) return `must have at most ${most} values`;
  return items.map(itemFault).find((fault) => fault !== null) ?? null;
}

function isStatus(status: string): status is AccountStatus {
  return (accountStatuses as readonly string[]).includes(status);
}

import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { readCell } from '../../core/csv.js';
import { ValidationFailed } from '../../core/errors.js';

/** `line` is where the record begins, as the file numbers its lines. */
export interface CsvRecord {
  line: number;
  lastLine: number;
  fields: string[];
}

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

/** @throws ValidationFailed */
export function rejectFile(message: string): never {
  throw new ValidationFailed([{ path: 'file', message }]);
}

/** The rows of a CSV and what its first line says of them. */
interface CsvText {
  /** Without a byte order mark and a line `sep=;`. */
  rows: Buffer;
  delimiter: string;
  /** Of the first of the rows. */
  firstLine: number;
}

/** Excel's own line before the header, which says what separates the fields; also in quotation marks. */
const SEPARATOR = /^"?sep=(.)"?(?:\r\n|\n|\r|$)/i;
const delimiters = [',', ';', '\t'];

/** @throws ValidationFailed */
function readText(content: Buffer): CsvText {
  assertText(content);
  assertLines(content);
  const csv = content.subarray(0, 3).equals(byteOrderMark) ? content.subarray(3) : content;
  const [line = '', separator = ','] = SEPARATOR.exec(csv.toString('latin1', 0, MAX_HEADER_LENGTH)) ?? [];
  if (!delimiters.includes(separator)) {
    rejectFile(`says on line 1 that “${separator}” separates its columns; put commas, semicolons or tabs between them`);
  }
  return { rows: csv.subarray(line.length), delimiter: separator, firstLine: line === '' ? 1 : 2 };
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

/**
 * Streams the records of a CSV, one in memory at a time.
 * @returns the line of a quotation mark that is never closed
 * @throws ValidationFailed when the file as a whole cannot be read
 */
export async function readRecords(
  content: Buffer,
  onRecord: (record: CsvRecord) => void,
): Promise<{ unclosedLine: number | null }> {
  const { rows: csv, delimiter, firstLine } = readText(content);
  let isUnclosed = false;
  const { parse } = await import('csv-parse');
  const parser = parse({
    info: true,
    delimiter,
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

  let line = firstLine;
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
    if (record.some((field) => field.trim() !== '')) onRecord({ line, lastLine, fields: record.map(readCell) });
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

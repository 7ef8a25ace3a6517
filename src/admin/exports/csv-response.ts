import type { Response } from 'express';
import { isAnswered } from '../http/timeout.middleware.js';
import { csvHeader, csvLine, type Cell } from '../../core/csv.js';

/** How long the client may read nothing at all. */
const MAX_STALL_MS = 120_000;

export interface CsvExport<Item> {
  fileName: string;
  header: readonly string[];
  chunks: AsyncGenerator<Item[]>;
  toLines: (chunk: Item[]) => readonly Cell[][] | Promise<readonly Cell[][]>;
  /** Called once, before the last byte is sent or after the client went away. Its failure aborts the download. */
  onEnd: (result: { rows: number; complete: boolean }) => Promise<void>;
}

/** Writes chunk by chunk, no faster than the client reads, and holds no database connection while it waits. */
export async function sendCsv<Item>(response: Response, csv: CsvExport<Item>): Promise<void> {
  let rows = 0;
  let complete = false;
  try {
    for await (const chunk of csv.chunks) {
      const lines = await csv.toLines(chunk);
      if (!beginOnce(response, csv)) return;
      rows += lines.length;
      if (!response.write(lines.map(csvLine).join(''))) await waitForDrain(response);
    }
    complete = beginOnce(response, csv);
  } finally {
    if (rows > 0 || complete) await csv.onEnd({ rows, complete });
  }
  if (complete) response.end();
}

/** Writes the headers and the header line unless they are written. @returns whether the client still takes rows */
function beginOnce(response: Response, { fileName, header }: Pick<CsvExport<unknown>, 'fileName' | 'header'>): boolean {
  if (response.destroyed) return false;
  const type = 'text/csv; charset=utf-8';
  // Answered by the timeout where the first row took too long.
  if (isAnswered(response)) return response.getHeader('Content-Type') === type;
  response.type(type);
  response.setHeader('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`);
  response.write(csvHeader(header));
  return true;
}

/** Waits until the client has read, has gone, or has stalled, which ends the response. */
function waitForDrain(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    const timer = setTimeout(() => response.destroy(), MAX_STALL_MS);
    response.on('drain', settle).on('close', settle);
    if (response.destroyed) settle();
  });
}

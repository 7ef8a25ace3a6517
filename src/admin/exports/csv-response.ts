import type { Response } from 'express';
import { isAnswered } from '../http/timeout.middleware.js';
import { csvLine, type Cell } from '../../core/csv.js';

/** How long the other side may read nothing at all. */
const MAX_STALL_MS = 120_000;

/** A CSV that is being sent: what it is called, its columns, and where its rows come from. */
export interface CsvResponse<Item> {
  fileName: string;
  header: readonly string[];
  chunks: AsyncGenerator<Item[]>;
  linesOf: (chunk: Item[]) => readonly Cell[][] | Promise<readonly Cell[][]>;
  /** Told once, before the last byte is sent or after the other side went away; its failure breaks the download off. */
  onEnd: (sent: { rows: number; complete: boolean }) => Promise<void>;
}

/** Writes chunk by chunk, no faster than the other side reads, and holds no connection to the database while it waits. */
export async function sendCsv<Item>(response: Response, answer: CsvResponse<Item>): Promise<void> {
  let rows = 0;
  let complete = false;
  try {
    for await (const chunk of answer.chunks) {
      const lines = await answer.linesOf(chunk);
      if (!begin(response, answer)) return;
      rows += lines.length;
      if (!response.write(lines.map(csvLine).join(''))) await waitForDrain(response);
    }
    complete = begin(response, answer);
  } finally {
    if (rows > 0 || complete) await answer.onEnd({ rows, complete });
  }
  if (complete) response.end();
}

/** Writes the head where that is still to do. Whether there is still somebody to write to. */
function begin(response: Response, { fileName, header }: Pick<CsvResponse<unknown>, 'fileName' | 'header'>): boolean {
  if (response.destroyed) return false;
  const type = 'text/csv; charset=utf-8';
  // Answered by somebody else: it took too long before the first row was there.
  if (isAnswered(response)) return response.getHeader('Content-Type') === type;
  response.type(type);
  response.setHeader('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`);
  response.write(csvLine(header));
  return true;
}

/** Waits until the other side has read, has gone, or has stalled, which ends it. */
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

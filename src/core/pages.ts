import { createHash } from 'node:crypto';
import { ValidationFailed } from './errors.js';

/** A position in a list that is ordered by a time and an id. */
export interface PagePosition {
  at: Date;
  id: string;
}

export interface Page<Item> {
  items: Item[];
  /** `null` at the end. */
  nextCursor: string | null;
}

/** Identifies one list of one caller with its filters, so that a cursor of another list is refused instead of misread. */
function hashList(list: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12);
}

const CURSOR = /^([\w-]{12}) (\d{1,14}) ([a-z]+_[0-9A-Za-z-]{1,64})$/;

function splitCursor(cursor: string): RegExpExecArray | null {
  return CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
}

/** Whether the text has the form of a cursor of any list. */
export function looksLikeCursor(text: string): boolean {
  return splitCursor(text) !== null;
}

/**
 * Reads a cursor that {@link toPage} or {@link writeCursor} wrote for the same `list`.
 * @param path of the field that holds it
 * @throws ValidationFailed
 */
export function readCursor(
  cursor: string | undefined,
  list: readonly unknown[],
  path = 'query.cursor',
): PagePosition | null {
  if (cursor === undefined) return null;
  const [, listHash, at, id] = splitCursor(cursor) ?? [];
  if (listHash !== hashList(list) || id === undefined) {
    throw new ValidationFailed([{ path, message: 'is not a cursor of this list' }]);
  }
  return { at: new Date(Number(at)), id };
}

/**
 * @param rows one more than `limit` where there is a next page
 * @param list as for {@link readCursor}
 */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  list: readonly unknown[],
  getPosition: (row: Row) => PagePosition,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: hasMore ? writeCursor(getPosition(last), list) : null };
}

export function writeCursor({ at, id }: PagePosition, list: readonly unknown[]): string {
  return Buffer.from(`${hashList(list)} ${at.getTime()} ${id}`).toString('base64url');
}

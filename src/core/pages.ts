import { createHash } from 'node:crypto';
import { ValidationFailed } from './errors.js';

/** A place in a list ordered by a time and an id. */
export interface PagePosition {
  at: Date;
  id: string;
}

/** One page of a list and the cursor of the next, `null` at the end. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Names one list of one caller with its filters, so that a cursor of another list is refused instead of being misread. */
function seal(list: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12);
}

const CURSOR = /^([\w-]{12}) (\d{1,14}) ([a-z]+_[0-9A-Za-z-]{1,64})$/;

function splitCursor(cursor: string): RegExpExecArray | null {
  return CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
}

/** Whether a text has the form of a cursor, of whatever list. */
export function looksLikeCursor(text: string): boolean {
  return splitCursor(text) !== null;
}

/** Reads a cursor made by {@link toPage} for the same `list`. @throws ValidationFailed on `query.cursor`. */
export function readCursor(cursor: string | undefined, list: readonly unknown[]): PagePosition | null {
  if (cursor === undefined) return null;
  const [, made, at, id] = splitCursor(cursor) ?? [];
  if (made !== seal(list) || id === undefined) {
    throw new ValidationFailed([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
  }
  return { at: new Date(Number(at)), id };
}

/**
 * Cuts `limit` items out of `rows`, which holds one more where there is a next page.
 * @param list what {@link readCursor} was given
 */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  list: readonly unknown[],
  position: (row: Row) => PagePosition,
  show: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(show), nextCursor: more ? writeCursor(position(last), list) : null };
}

function writeCursor({ at, id }: PagePosition, list: readonly unknown[]): string {
  return Buffer.from(`${seal(list)} ${at.getTime()} ${id}`).toString('base64url');
}

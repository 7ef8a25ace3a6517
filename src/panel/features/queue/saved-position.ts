import { panelPath } from '../../lib/paths.js';

/** The row that one was at, and how many pages were loaded. */
interface Position {
  /** View and filters as JSON. */
  address: string;
  pages: number;
  rowId: string;
}

const addressKey = 'lc-queue-address';
const positionKey = 'lc-queue-place';

/** Per tab, so that a reload and the way back lead to the same rows. */
export function savePosition(position: Position): void {
  sessionStorage.setItem(positionKey, JSON.stringify(position));
}

export function readSavedPosition(): Position | null {
  const stored = sessionStorage.getItem(positionKey);
  return stored === null ? null : (JSON.parse(stored) as Position);
}

/** @param search the query string of the queue's address: its view and filters */
export function saveQueueAddress(search: string): void {
  sessionStorage.setItem(addressKey, search);
}

/** The queue with the view and the filters that it had last. */
export function getQueuePath(): string {
  return `${panelPath}${sessionStorage.getItem(addressKey) ?? ''}`;
}

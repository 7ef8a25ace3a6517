import { createHash } from 'node:crypto';
import { ValidationFailed } from '../core/errors.js';

/** A place in the queue: requests whose SLA runs come before paused ones, each by due time. */
export interface QueuePosition {
  paused: boolean;
  at: Date;
  id: string;
}

/** What an open request's place depends on; `dueAt` is `null` where an older version left it out. */
export interface QueuePlace {
  id: string;
  pausedAt: Date | null;
  dueAt: Date | null;
  submittedAt: Date;
}

export function toPosition({ id, pausedAt, dueAt, submittedAt }: QueuePlace): QueuePosition {
  return { paused: pausedAt !== null, at: dueAt ?? submittedAt, id };
}

const CURSOR = /^([\w-]{12}) ([01]) (\d{1,14}) (lreq_[0-9A-Za-z-]{1,64})$/;

/** Identifies one view with its filters, so that a cursor of another list is refused. */
function toListDigest(list: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(['queue', ...list]))
    .digest('base64url')
    .slice(0, 12);
}

export function writeQueueCursor({ paused, at, id }: QueuePosition, list: readonly unknown[]): string {
  return Buffer.from(`${toListDigest(list)} ${paused ? 1 : 0} ${at.getTime()} ${id}`).toString('base64url');
}

/** @throws ValidationFailed on `query.cursor` */
export function readQueueCursor(cursor: string | undefined, list: readonly unknown[]): QueuePosition | null {
  if (cursor === undefined) return null;
  const [, digest, paused, at, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (digest !== toListDigest(list) || id === undefined) {
    throw new ValidationFailed([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
  }
  return { paused: paused === '1', at: new Date(Number(at)), id };
}

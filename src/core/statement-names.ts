import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { STATEMENTS_DROPPED } from './database-errors.js';

const MAX_NAMES = 500;
const MAX_PLACEHOLDERS = 64;
/** A statement is prepared on each connection from this time on that it is sent. */
const NAMED_FROM = 3;

const timesSeen = new Map<string, number>();
const names = new Map<string, string>();
let generation = 0;
let areDropped = false;

/** The name under which a statement is prepared, or `undefined` where it is sent unprepared. */
export function statementName(text: string, placeholders: number): string | undefined {
  const known = names.get(text);
  if (known) return known;
  if (placeholders > MAX_PLACEHOLDERS || names.size >= MAX_NAMES) return undefined;
  const seen = (timesSeen.get(text) ?? 0) + 1;
  if (seen < NAMED_FROM) {
    if (timesSeen.size < 10 * MAX_NAMES) timesSeen.set(text, seen);
    return undefined;
  }
  timesSeen.delete(text);
  const name = `p${generation}_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}

/** A pooler drops prepared statements: until the process is started with another setting, calls fail now and then. */
export function noteDroppedStatements(): void {
  if (!areDropped) new Logger('Database').error(`Prepared statements fail: ${STATEMENTS_DROPPED}.`);
  areDropped = true;
}

/** For a new data source, whose connections may not go through that pooler. */
export function forgetDroppedStatements(): void {
  areDropped = false;
}

export function areStatementsDropped(): boolean {
  return areDropped;
}

/** Gives every statement a new name, so that each connection prepares it again after a migration made the old plans invalid (`0A000`). */
export function forgetPreparedStatements(): void {
  generation += 1;
  names.clear();
}

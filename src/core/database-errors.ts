import { DomainError, Unavailable } from './errors.js';

interface DatabaseError {
  code?: string;
  constraint?: string;
  message?: string;
  routine?: string;
  driverError?: DatabaseError;
}

function toDatabaseError(error: unknown): DatabaseError {
  const outer = (typeof error === 'object' && error !== null ? error : {}) as DatabaseError;
  return outer.driverError ?? outer;
}

/** The SQLSTATE or Node error code behind an error, if there is one. */
export function getSqlState(error: unknown): string | undefined {
  return toDatabaseError(error).code;
}

/** @param constraint a unique constraint or index */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return toDatabaseError(error).code === '23505' && toDatabaseError(error).constraint === constraint;
}

export function violatesCheck(error: unknown, check: string): boolean {
  return toDatabaseError(error).code === '23514' && toDatabaseError(error).constraint === check;
}

/** Whether one row is at fault: its data (classes *data exception* and *integrity constraint violation*), or a lock that it waits for. */
export function isOfOneRow(error: unknown): boolean {
  return /^2[23]/.test(getSqlState(error) ?? '') || isLockTimeout(error);
}

/** Whether a lock was not free in time. */
export function isLockTimeout(error: unknown): boolean {
  return getSqlState(error) === '55P03';
}

/** Whether the connection is of no use after this error: it ended, or PostgreSQL ends it. */
export function endsConnection(error: unknown): boolean {
  return /^(08|57P0)/.test(getSqlState(error) ?? '08');
}

/** A migration under a running service made a prepared plan invalid. PostgreSQL has the same code for what it cannot do at all, as on a hot standby. */
export function isStalePlan(error: unknown): boolean {
  const { code, routine } = toDatabaseError(error);
  return code === '0A000' && routine === 'RevalidateCachedQuery';
}

/** Statement names that PostgreSQL does not know or knows already: a pooler shares its connections without regard to prepared statements. */
export function isStatementDropped(error: unknown): boolean {
  const { code } = toDatabaseError(error);
  return code === '26000' || code === '42P05';
}

export const STATEMENTS_DROPPED =
  'a connection pooler before the database drops prepared statements: set PREPARED_STATEMENTS=off, or use pgbouncer 1.21 or later with max_prepared_statements above 0, and restart this service';

/** What is wrong with the database, by SQLSTATE or by its class. Of these codes none is the fault of a statement. */
const causeByState: Record<string, string> = {
  '08': 'the connection to the database broke',
  '0A000': 'the database cannot do this, as a hot standby, or its schema has just changed',
  '25006': 'the database is read-only',
  '25P03': 'the transaction was idle for too long',
  '25P04': 'the transaction took too long',
  '26000': STATEMENTS_DROPPED,
  '28': 'the database refuses the user or the password of DATABASE_URL',
  '3D000': 'the database of DATABASE_URL does not exist',
  '40001': 'transactions kept colliding',
  '40P01': 'transactions kept colliding',
  '42501': 'the user of DATABASE_URL lacks a privilege in the database',
  '42P05': STATEMENTS_DROPPED,
  '53': 'the database is out of resources',
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '53300': 'the database has no connection left',
  '55P03': 'a lock was not free in time',
  '57': 'an operator or the database ended the statement',
  '57014': 'a statement took too long',
  '57P03': 'the database is starting or stopping',
  '58': 'the operating system of the database failed it',
};

const socketCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Connection is not established|driver not connected|Query runner already released/i;

const connectionErrors = new WeakSet<object>();

/** Of an error while a connection is made: whatever it says, the database cannot be used. */
export function markAsConnectionError(error: object): void {
  connectionErrors.add(error);
}

/** Whether the database is out of reach, takes no writes or is too busy; a wrong statement is neither. */
export function isDatabaseUnavailable(error: unknown): boolean {
  // The messages of our own errors, and of PostgreSQL's errors with a code, may quote what the caller sent, so they are not matched.
  if (error instanceof DomainError) return false;
  const inner = toDatabaseError(error);
  if (connectionErrors.has(inner)) return true;
  if (inner.code) return socketCodes.has(inner.code) || findCause(inner.code) !== undefined;
  return unavailableMessages.test(inner.message ?? '');
}

/** `Unavailable` in place of an error that says so; any other error as it is. */
export function toUnavailable(error: unknown): unknown {
  return isDatabaseUnavailable(error) ? new Unavailable(undefined, { cause: error }) : error;
}

/** What is wrong with the database, in words that hold no value of a row; `null` where it is available. */
export function findUnavailableCause(error: unknown): string | null {
  if (!isDatabaseUnavailable(error)) return null;
  return findCause(getSqlState(error) ?? '') ?? 'the database is out of reach';
}

/** For logs and operators: the code too, or the message where there is none. @param cause of an `Unavailable` */
export function describeCause(cause: unknown): string {
  const code = getSqlState(cause);
  const meaning = findUnavailableCause(cause);
  if (code) return meaning ? `${code}: ${meaning}` : code;
  return cause instanceof Error ? cause.message : 'unknown';
}

/** The message of any error, in one line, with what is wrong with the database where that is its cause. */
export function toOperatorMessage(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  const line = (message || code || String(error)).replaceAll(/\s*\n\s*/g, ' ');
  if (error instanceof Unavailable && error.cause !== undefined) return `${line} (${describeCause(error.cause)})`;
  return findUnavailableCause(error) === null ? line : `The database cannot be used: ${describeCause(error)}.`;
}

function findCause(code: string): string | undefined {
  return causeByState[code] ?? (/^\d\w{4}$/.test(code) ? causeByState[code.slice(0, 2)] : undefined);
}

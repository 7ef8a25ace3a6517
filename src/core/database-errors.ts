import { DomainError, Unavailable } from './errors.js';

interface DatabaseError {
  code?: string;
  constraint?: string;
  message?: string;
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

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
]);
/** Shutting down, starting up, too many connections, and the timeouts of our role. */
const unavailableStates = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53300',
  '53400',
  '57014',
  '55P03',
  '25P03',
  '40P01',
  '40001',
  '0A000',
]);
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Connection is not established|driver not connected|Query runner already released/i;

/** Whether the database is out of reach or too busy; a wrong statement is neither. */
export function isDatabaseUnavailable(error: unknown): boolean {
  // The messages of our own errors, and of PostgreSQL's errors with a code, may quote what the caller sent, so they are not matched.
  if (error instanceof DomainError) return false;
  const { code, message } = toDatabaseError(error);
  if (code) return socketCodes.has(code) || unavailableStates.has(code) || code.startsWith('08');
  return unavailableMessages.test(message ?? '');
}

/** `Unavailable` in place of an error that says so; any other error as it is. */
export function toUnavailable(error: unknown): unknown {
  return isDatabaseUnavailable(error) ? new Unavailable() : error;
}

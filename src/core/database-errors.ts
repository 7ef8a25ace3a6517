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

/** Whether the error is PostgreSQL's refusal of a duplicate under that unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return toDatabaseError(error).code === '23505' && toDatabaseError(error).constraint === constraint;
}

/** Whether the error is PostgreSQL's refusal of a value outside what that CHECK allows. */
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
/** Shutting down, starting up, too many connections, and the time-outs of our role. */
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

/** Whether the error says that the database is out of reach or too busy, and not that the statement was wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  // A refusal of ours, and what PostgreSQL says with a code, may quote what the caller sent: their words decide nothing.
  if (error instanceof DomainError) return false;
  const { code, message } = toDatabaseError(error);
  if (code) return socketCodes.has(code) || unavailableStates.has(code) || code.startsWith('08');
  return unavailableMessages.test(message ?? '');
}

/** The error itself, or `Unavailable` where the database is away. */
export function toUnavailable(error: unknown): unknown {
  return isDatabaseUnavailable(error) ? new Unavailable() : error;
}

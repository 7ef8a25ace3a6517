import { DomainError, Unavailable } from '../common/errors.js';

interface DatabaseFault {
  code?: string;
  constraint?: string;
  message?: string;
  driverError?: DatabaseFault;
}

function fault(error: unknown): DatabaseFault {
  const outer = (typeof error === 'object' && error !== null ? error : {}) as DatabaseFault;
  return outer.driverError ?? outer;
}

/** The SQLSTATE or Node error code behind an error, if there is one. */
export function faultCode(error: unknown): string | undefined {
  return fault(error).code;
}

/** Whether the error is PostgreSQL's refusal of a duplicate under that unique constraint or index. */
export function violates(error: unknown, constraint: string): boolean {
  return fault(error).code === '23505' && fault(error).constraint === constraint;
}

/** Whether the error is PostgreSQL's refusal of a value outside what that CHECK allows. */
export function breaks(error: unknown, check: string): boolean {
  return fault(error).code === '23514' && fault(error).constraint === check;
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
const awayStates = new Set([
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
const awayMessages =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Connection is not established|driver not connected|Query runner already released/i;

/** Whether the error says that the database is out of reach or too busy, and not that the statement was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  // A refusal of ours, and what PostgreSQL says with a code, may quote what the caller sent: their words decide nothing.
  if (error instanceof DomainError) return false;
  const { code, message } = fault(error);
  if (code) return socketCodes.has(code) || awayStates.has(code) || code.startsWith('08');
  return awayMessages.test(message ?? '');
}

/** The error itself, or `Unavailable` where the database is away. */
export function orUnavailable(error: unknown): unknown {
  return isDatabaseAway(error) ? new Unavailable() : error;
}

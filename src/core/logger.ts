import type { LoggerService } from '@nestjs/common';
import pg from 'pg';
import { pino, type Level, type Logger } from 'pino';
import { QueryFailedError } from 'typeorm';

const MAX_CAUSES = 3;

/** One line of JSON an event. Neither headers nor bodies are ever logged, nor what a row holds. */
export function createLogger(level: string): Logger {
  return pino({ level, base: undefined, serializers: { err: (error: unknown) => toLoggedError(error) } });
}

/**
 * What the log says of an error. Of the database's own it leaves out the message, the statement's values and the detail:
 * they quote what rows hold, such as hashes and notes.
 */
export function toLoggedError(thrown: unknown, depth = 0): unknown {
  // pino-http hands on what pino's own serializer has made of the error, which keeps the error itself as `raw`.
  const error = (thrown as { raw?: unknown } | null | undefined)?.raw ?? thrown;
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint } = getFields(error);
  const cause = error.cause !== undefined && depth < MAX_CAUSES ? toLoggedError(error.cause, depth + 1) : undefined;
  return {
    type: error.constructor.name,
    ...(!quotesRows(error) && { message: error.message }),
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    stack: quotesRows(error) ? getStackFrames(error) : error.stack,
    ...(cause !== undefined && { cause }),
  };
}

function quotesRows(error: Error): boolean {
  return error instanceof QueryFailedError || error instanceof pg.DatabaseError;
}

function getFields(error: Error): { code?: string; constraint?: string } {
  const { driverError = error } = error as { driverError?: object };
  const { code, constraint } = driverError as Record<string, unknown>;
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
  };
}

/** The stack without the message that stands at its head. */
function getStackFrames(error: Error): string | undefined {
  const stack = error.stack ?? '';
  const head = stack.indexOf(error.message);
  return head < 0 ? undefined : stack.slice(head + error.message.length).trim();
}

/** Nest's own messages, in the same log. */
export class NestPinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest gives the context last and, with an error, its stack before that; features give the error itself, which is told without values. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const err = rest.find((one) => one instanceof Error);
    if (err) return this.pino[level]({ context, err }, String(message));
    if (message instanceof Error) this.pino[level]({ context, err: message }, toMessage(message));
    else this.pino[level]({ context, ...(rest.length > 1 && { stack: rest[0] }) }, String(message));
  }
}

function toMessage(error: Error): string {
  return quotesRows(error) ? `The database refused: ${getFields(error).code ?? error.constructor.name}` : error.message;
}

import type { LoggerService } from '@nestjs/common';
import pg from 'pg';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { QueryFailedError } from 'typeorm';

const MAX_CAUSES = 3;

/** Lines gather before they are written. */
const BUFFERED_BYTES = 4_096;
const FLUSH_EVERY_MS = 100;

/** Standard output beside the work: a write for each line is a system call that every call of the service waits for. The rest is written at exit. */
export function bufferedOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: BUFFERED_BYTES, periodicFlush: FLUSH_EVERY_MS });
}

/** One line of JSON per event. Headers, bodies and the contents of rows are never logged. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  return pino({ level, base: undefined, serializers: { err: (error: unknown) => toLoggedError(error) } }, destination);
}

/** A URL or another text of a caller without what nobody may read in a log: tokens of invitations, and keys that staff searched for. */
export function redactSecrets(text: string): string {
  return text.replace(/^(\/admin\/welcome).*/s, '$1').replace(/(lp_(?:live|test)_\w{16})_[\w-]+/gi, '$1_…');
}

/** The message, the values and the detail of a database error are left out: they quote the contents of rows, such as hashes and notes. */
export function toLoggedError(thrown: unknown, depth = 0): unknown {
  // pino-http passes on the output of pino's own serializer, which keeps the error itself as `raw`.
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

/** The stack without the message at its beginning. */
function getStackFrames(error: Error): string | undefined {
  const stack = error.stack ?? '';
  const start = stack.indexOf(error.message);
  return start < 0 ? undefined : stack.slice(start + error.message.length).trim();
}

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

  /** Nest passes the context last, after the stack of an error; features pass the error itself, and further fields as an object. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const err = rest.find((argument) => argument instanceof Error);
    const fields = rest.find((argument) => typeof argument === 'object' && !(argument instanceof Error)) as object;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    if (message instanceof Error) this.pino[level]({ context, ...fields, err: message }, toMessage(message));
    else this.pino[level]({ context, ...fields, err, stack }, String(message));
  }
}

function toMessage(error: Error): string {
  return quotesRows(error) ? `The database refused: ${getFields(error).code ?? error.constructor.name}` : error.message;
}

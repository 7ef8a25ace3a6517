import type { Logger } from 'pino';

/**
 * Writes why the process ends, in one line: where stdout is no terminal as a line of the log, where a person looks on as text.
 * @param stack where it is asked for
 */
export function createFailurePrinter(logger: Logger): (message: string, stack?: string) => void {
  const isTerminal = process.stdout.isTTY || process.stderr.isTTY;
  return (message, stack) => {
    if (!process.stdout.isTTY) logger.fatal({ stack }, message);
    if (isTerminal) console.error([`Lease console: ${message}`, ...(stack ? [stack] : [])].join('\n'));
  };
}

/** @param fields texts to paste, by name: whole, whatever their lines */
export type Printer = (text: string, fields?: Record<string, string>) => void;

/**
 * What a start prints: text on a terminal, with the fields below it; elsewhere lines of the log, the last of them with the fields, so that
 * all of stdout is JSON for what collects it. It does not depend on LOG_LEVEL.
 */
export function createPrinter(isTerminal: boolean, logger: Logger): Printer {
  if (isTerminal) return (text, fields = {}) => console.log([text, ...Object.values(fields)].join('\n'));
  return (text, fields = {}) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    for (const [index, line] of lines.entries()) logger.info(index === lines.length - 1 ? fields : {}, line);
  };
}

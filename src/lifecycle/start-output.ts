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

/**
 * What a start prints: text on a terminal, elsewhere lines of the log, so that all of stdout is JSON for what collects it.
 * It does not depend on LOG_LEVEL.
 */
export function createPrinter(isTerminal: boolean, logger: Logger): (text: string) => void {
  if (isTerminal) return (text) => console.log(text);
  return (text) => {
    for (const line of text.split('\n')) if (line.trim() !== '') logger.info(line);
  };
}

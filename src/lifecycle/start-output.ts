import type { Logger } from 'pino';

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

import { Unavailable } from './errors.js';

/**
 * The result of `work`, or `Unavailable` after `milliseconds`. The work is not cancelled: it finishes or fails on its own.
 * @param milliseconds not above 0 gives up at once
 */
export async function withTimeout<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Unavailable(undefined, { cause: toTimeoutError(milliseconds) })),
      Math.max(0, milliseconds),
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function toTimeoutError(milliseconds: number): Error {
  return new Error(`no answer of the database within ${Math.max(0, Math.round(milliseconds))} ms`);
}

import { Unavailable } from './errors.js';

/**
 * The outcome of `work`, or `Unavailable` after so many milliseconds. The work is not stopped: it finishes or fails on its own.
 * @param milliseconds not above 0 gives up at once
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable()), Math.max(0, milliseconds));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

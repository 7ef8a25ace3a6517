import { Unavailable } from './errors.js';

/**
 * Milliseconds after which nobody waits any longer. They are promises to callers; where a machine has much else to do,
 * tests of anything else than these promises wait longer.
 */
export const timeouts = {
  /** A partner is answered within 5 s even when PostgreSQL hangs (contract: UNAVAILABLE); the rest is for the way back. */
  partnerCall: 4_000,
  /** The same for staff. */
  panelCall: 4_500,
  /** For one of the pool's connections. */
  connection: 3_000,
  /** For whether an address may try a key again; the call goes on without an answer. */
  failedAuthentications: 1_000,
};

/**
 * The outcome of `work`, or `Unavailable` after so many milliseconds. The work is not stopped: it finishes or fails on its own.
 * @param milliseconds not above 0 gives up at once
 */
export async function withTimeout<T>(milliseconds: number, work: Promise<T>): Promise<T> {
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

const LOOKS_EVERY_MS = 20;

/**
 * How long something takes by its own doing: time in which this process did not get to run, on a machine that has much
 * else to do, is left out.
 */
export async function timed<T>(work: () => Promise<T>): Promise<[outcome: T, milliseconds: number]> {
  const begun = performance.now();
  let looked = begun;
  let heldUp = 0;
  const look = () => {
    heldUp += Math.max(0, performance.now() - looked - LOOKS_EVERY_MS);
    looked = performance.now();
  };
  const timer = setInterval(look, LOOKS_EVERY_MS);
  try {
    const outcome = await work();
    look();
    return [outcome, performance.now() - begun - heldUp];
  } finally {
    clearInterval(timer);
  }
}

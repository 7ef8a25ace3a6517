import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the answer is yes. */
export async function until(what: string, isSo: () => unknown, withinMilliseconds = 60_000): Promise<void> {
  const deadline = Date.now() + withinMilliseconds;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await pause(25);
  }
}

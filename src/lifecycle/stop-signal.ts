/** Thrown between two steps of a start that was asked to stop. */
export class StopRequested extends Error {}

/**
 * Listens for what asks this process to stop. Ctrl-C through npm comes twice, so every further signal is only heard.
 * Whatever hangs, the process ends with 0 after the time.
 */
export function listenForStop(endsWithinMilliseconds: number): { asked: Promise<void>; mustNotBeAsked(): void } {
  let stopping = false;
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!stopping) setTimeout(() => process.exit(0), endsWithinMilliseconds);
        stopping = true;
        resolve();
      });
    }
  });
  return {
    asked,
    mustNotBeAsked() {
      if (stopping) throw new StopRequested();
    },
  };
}

/** Ends a start that received a stop signal. */
export class StopRequested extends Error {}

export interface StopSignal {
  /** Resolves at the first signal. */
  received: Promise<void>;
  /** @throws StopRequested after a signal */
  assertNotReceived(): void;
}

/**
 * Listens for SIGTERM, SIGINT and SIGHUP. Ctrl-C through npm sends two signals, so further ones are ignored.
 * @param exitTimeoutMs the process ends with code 0 so long after the first signal, even if something hangs
 */
export function listenForStop(exitTimeoutMs: number): StopSignal {
  let isStopping = false;
  const received = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!isStopping) setTimeout(() => process.exit(0), exitTimeoutMs);
        isStopping = true;
        resolve();
      });
    }
  });
  return {
    received,
    assertNotReceived() {
      if (isStopping) throw new StopRequested();
    },
  };
}

/** Ends a start that received a stop signal. */
export class StopRequested extends Error {}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
type StopSignalName = (typeof signals)[number];

export interface StopSignal {
  /** Resolves at the first signal, to its name. */
  received: Promise<StopSignalName>;
  /** @throws StopRequested after a signal */
  assertNotReceived(): void;
}

/**
 * Listens for SIGTERM, SIGINT and SIGHUP. Ctrl-C through npm sends two signals, so further ones are ignored.
 * @param getExitTimeoutMs the process ends with code 0 so long after the first signal, even if something hangs
 */
export function listenForStop(getExitTimeoutMs: (signal: StopSignalName) => number): StopSignal {
  let isStopping = false;
  const received = new Promise<StopSignalName>((resolve) => {
    for (const signal of signals) {
      process.on(signal, () => {
        if (!isStopping) setTimeout(() => process.exit(0), getExitTimeoutMs(signal));
        isStopping = true;
        resolve(signal);
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

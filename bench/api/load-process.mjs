import { fork } from 'node:child_process';
import { once } from 'node:events';
import { URL } from 'node:url';

/** The process that makes the calls: {@link drive} runs one load after the other. */
export function startLoad() {
  const child = fork(new URL('load.mjs', import.meta.url));
  return {
    /**
     * @param run see `load.mjs`
     * @throws Error with the first answers that were not right
     */
    drive: async (run) => {
      child.send(run);
      const [result] = await once(child, 'message');
      if (result.failed > 0) {
        throw new Error(
          `${run.caseName}: ${result.failed} calls were not answered rightly. ${result.failures.join('\n')}`,
        );
      }
      return result;
    },
    stop: () => child.disconnect(),
  };
}

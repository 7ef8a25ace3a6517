import type { QueryClient } from '@tanstack/react-query';
import { downloadAnswer, PanelError, uploadFile } from '../../lib/http.js';
import type { ApiQueryKey } from '../../lib/query-client.js';
import type { ImportPreview, ImportRun } from './types.js';

export const MAX_FILE_BYTES = 20 * 1024 * 1024;
const POLL_MS = 500;
/** A service that restarts is back by then, and says what became of the import. */
const UNREACHABLE_TIMEOUT_MS = 120_000;

/** What an import would do; nothing is written. @throws PanelError */
export async function previewImport(file: File, onProgress: (share: number) => void): Promise<ImportPreview> {
  const path = 'imports/accounts/preview';
  return (await uploadFile<{ preview: ImportPreview }>(path, {}, file, onProgress)).preview;
}

/** Downloads the lines of a file that are left out, with their values, to be mended and imported again. @throws PanelError */
export function downloadRejected(file: File): Promise<void> {
  return downloadAnswer('imports/accounts/rejected', file, `left-out-of-${file.name}`);
}

/** Sends the file again, to be imported as its preview said. @throws PanelError */
export async function startImport(
  file: File,
  digest: string,
  onProgress: (share: number) => void,
): Promise<{ importId: string }> {
  return uploadFile('imports/accounts', { digest, name: file.name }, file, onProgress);
}

/** Reads the run again and again until it has ended. @throws PanelError */
export async function waitForImport(
  queryClient: QueryClient,
  importId: string,
  onProgress: (run: ImportRun) => void,
): Promise<ImportRun> {
  const queryKey: ApiQueryKey = [`imports/${encodeURIComponent(importId)}`, {}];
  for (;;) {
    const run = await queryClient
      .fetchQuery<ImportRun>({
        queryKey,
        retry: (failureCount, error) => error.isTransient && failureCount * POLL_MS < UNREACHABLE_TIMEOUT_MS,
        retryDelay: POLL_MS,
      })
      .catch((error: unknown) => {
        if (!(error instanceof PanelError && error.isTransient)) throw error;
        throw new PanelError(
          'The service cannot be reached, so the result of the import is unknown. Check the pool.',
          null,
        );
      });
    if (run.status !== 'running') return run;
    onProgress(run);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

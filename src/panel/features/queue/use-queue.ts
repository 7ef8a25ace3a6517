import { useCallback, useEffect, useRef } from 'react';
import { readQueue, useFresh, type Reading } from '../../lib/api.js';
import type { QueuePage, QueueRow } from '../../lib/types.js';
import { keepPlace, keptPlace } from './saved-position.js';

type Shown = QueuePage & { asked: string };

/**
 * The rows that an address asks for, as far as one has scrolled, read again every few seconds. Each row stands there once,
 * whatever moves from page to page meanwhile.
 * @param asked the address's view and filters as JSON
 */
export function useQueue(asked: string) {
  const pages = useRef(1);
  const pagesFor = useRef<string | null>(null);
  if (pagesFor.current !== asked) {
    pagesFor.current = asked;
    const kept = keptPlace();
    pages.current = kept?.asked === asked ? kept.pages : 1;
  }
  const read = useCallback(
    async (reading: Reading): Promise<Shown> => ({ ...(await readPages(JSON.parse(asked), pages, reading)), asked }),
    [asked],
  );
  const { data, failure, readAt, refresh, amend } = useFresh(read);
  const latest = useRef(data);
  latest.current = data;
  const readsMore = useRef(false);

  const more = async (): Promise<void> => {
    const cursor = data?.asked === asked ? data.nextCursor : null;
    if (readsMore.current || !cursor) return;
    readsMore.current = true;
    try {
      const next = await readQueue({ ...JSON.parse(asked), cursor });
      // What was read again in between may end elsewhere.
      if (latest.current?.asked === asked && latest.current.nextCursor === cursor) {
        pages.current += 1;
        amend((before) => ({ ...before, ...joined(before, next) }));
      }
    } catch {
      await refresh();
    } finally {
      readsMore.current = false;
    }
  };

  const keep = (id: string) => keepPlace({ asked, pages: pages.current, id });
  const isBack = useRef(false);
  useEffect(() => {
    if (isBack.current || !data) return;
    isBack.current = true;
    const kept = keptPlace();
    if (kept?.asked === asked) document.getElementById(kept.id)?.scrollIntoView({ block: 'center' });
  }, [data, asked]);

  return { data, failure, readAt, refresh, more, keep };
}

/** The first pages as one; a refresh reads all that one has scrolled through, so that nothing jumps. */
async function readPages(
  asked: Record<string, string>,
  pages: { current: number },
  reading: Reading,
): Promise<QueuePage> {
  let whole = await readQueue(asked, reading);
  for (let page = 1; page < pages.current && whole.nextCursor; page++) {
    whole = joined(whole, await readQueue({ ...asked, cursor: whole.nextCursor }, reading));
  }
  return whole;
}

function joined(whole: QueuePage, next: QueuePage): QueuePage {
  const seen = new Set(whole.rows.map((row: QueueRow) => row.id));
  return { ...next, rows: [...whole.rows, ...next.rows.filter((row) => !seen.has(row.id))] };
}

import { useEffect, useRef, useState } from 'react';
import { keepPreviousData, useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import type { PanelError } from '../../lib/http.js';
import { toPagedKey, toPageKey } from '../../lib/queries.js';
import type { ApiQueryKey } from '../../lib/query-client.js';
import { updateServiceStatus } from '../../lib/service-status.js';
import type { QueuePage } from '../../lib/types.js';
import type { QueueAddress } from './queue-address.js';
import { readSavedPosition, savePosition } from './saved-position.js';

/** All pages that were read as one. */
export interface QueueData extends QueuePage {
  pageCount: number;
}

/** The rows of an address as far as one has scrolled, read again every few seconds. */
export function useQueue({ view, filters }: Pick<QueueAddress, 'view' | 'filters'>) {
  const address = JSON.stringify({ view, ...filters });
  const query = useInfiniteQuery<QueuePage, PanelError, QueueData, ApiQueryKey, string | null>({
    queryKey: toPagedKey(toPageKey('queue', { view, ...filters })),
    refetchInterval: 7_000,
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: mergePages,
    placeholderData: keepPreviousData,
  });
  const { data, isPlaceholderData, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;

  const savedPages = useSavedPageCount(address);
  const isCurrent = data !== undefined && !isPlaceholderData;
  const isRestoring = isCurrent && data.pageCount < savedPages && hasNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (isRestoring && !isFetchingNextPage) void fetchNextPage();
  }, [isRestoring, isFetchingNextPage, fetchNextPage]);

  const queryClient = useQueryClient();
  useEffect(() => {
    if (data && isCurrent) updateServiceStatus(queryClient, data);
  }, [queryClient, data, isCurrent]);

  const hasScrolled = useRef(false);
  useEffect(() => {
    if (hasScrolled.current || !isCurrent || isRestoring) return;
    hasScrolled.current = true;
    const saved = readSavedPosition();
    if (saved?.address === address) document.getElementById(saved.rowId)?.scrollIntoView({ block: 'center' });
  }, [isCurrent, isRestoring, address]);

  return {
    query,
    data: isRestoring ? undefined : data,
    /** The rows are of another address, until those of this one are read. */
    isStale: isPlaceholderData,
    loadMore: () => {
      if (isCurrent && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    saveRow: (rowId: string) => savePosition({ address, pages: data?.pageCount ?? 1, rowId }),
  };
}

/** Each row stands once, whatever moves from page to page between two reads. Totals are those of the last page. */
function mergePages({ pages }: InfiniteData<QueuePage, string | null>): QueueData {
  const last = pages.at(-1)!;
  const rows = new Map(pages.flatMap((page) => page.rows).map((row) => [row.id, row]));
  return { ...last, rows: [...rows.values()], pageCount: pages.length };
}

/** How many pages were loaded when one was at this address last. */
function useSavedPageCount(address: string): number {
  const [saved, setSaved] = useState({ address, pages: getSavedPageCount(address) });
  if (saved.address === address) return saved.pages;
  const pages = getSavedPageCount(address);
  setSaved({ address, pages });
  return pages;
}

function getSavedPageCount(address: string): number {
  const saved = readSavedPosition();
  return saved?.address === address ? saved.pages : 1;
}

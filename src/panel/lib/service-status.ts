import { useQuery, type QueryClient } from '@tanstack/react-query';
import type { PanelError } from './http.js';
import { toPageKey } from './queries.js';
import type { QueuePage } from './types.js';

/** What every page shows about the service. */
export interface ServiceStatus {
  openRequests: number;
  /** Why money is frozen, while it is. */
  frozenBecause: string | null;
  /** What the daily verification of the ledger found. */
  ledgerErrors: string[];
  /** How far the demo's clock is ahead of the time of day. */
  clockAheadMs: number;
}

/** The queue without any filter tells all of it. */
const statusKey = toPageKey('queue');

/** Undefined until it is known. */
export function useServiceStatus(): ServiceStatus | undefined {
  return useQuery<QueuePage, PanelError, ServiceStatus>({
    queryKey: statusKey,
    refetchInterval: 30_000,
    meta: { isBackground: true },
    select: ({ counts, frozenBecause, booksFaults, clockAheadMs }) => ({
      openRequests: counts.all,
      frozenBecause,
      ledgerErrors: booksFaults,
      clockAheadMs,
    }),
  }).data;
}

/** A page of the queue that was read tells the status too: it is not read again for some time. */
export function updateServiceStatus(queryClient: QueryClient, page: QueuePage): void {
  queryClient.setQueryData<QueuePage>(statusKey, page);
}

/** The demo's clock was moved. */
export function updateClockAhead(queryClient: QueryClient, clockAheadMs: number): void {
  queryClient.setQueryData<QueuePage>(statusKey, (page) => page && { ...page, clockAheadMs });
}

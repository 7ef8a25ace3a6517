import { MutationCache, QueryClient, timeoutManager, type QueryFunctionContext } from '@tanstack/react-query';
import { getJson, type PanelError, type QueryParams } from './http.js';

/** What a query reads: the path below `/admin/api/` and its parameters. `pages` marks an infinite query. */
export type ApiQueryKey = readonly [path: string, params: QueryParams, kind?: 'pages'];

declare module '@tanstack/react-query' {
  interface Register {
    queryKey: ApiQueryKey;
    mutationKey: readonly string[];
    queryMeta: {
      /** Read by its own interval alone: it neither extends the session nor follows actions. */
      isBackground?: boolean;
    };
    defaultError: PanelError;
  }
}

/** Set while a `refetchInterval` begins its reads, which must not extend the session. */
let isPollingTick = false;
/** The reads that polling began, with their retries and further pages. */
const pollingReads = new WeakSet<AbortSignal>();

timeoutManager.setTimeoutProvider({
  setTimeout: (callback, ms) => window.setTimeout(callback, ms),
  clearTimeout: (id) => window.clearTimeout(Number(id)),
  clearInterval: (id) => window.clearInterval(Number(id)),
  setInterval: (callback, ms) =>
    window.setInterval(() => {
      isPollingTick = true;
      try {
        callback();
      } finally {
        isPollingTick = false;
      }
    }, ms),
});

/** Every query reads the address that its key names; a page parameter is the cursor of a keyset page. */
function readQuery({ queryKey, signal, meta, pageParam }: QueryFunctionContext<ApiQueryKey>): Promise<unknown> {
  const [path, params] = queryKey;
  if (isPollingTick) pollingReads.add(signal);
  return getJson(path, {
    params: typeof pageParam === 'string' ? { ...params, cursor: pageParam } : params,
    signal,
    isPolling: pollingReads.has(signal) || meta?.isBackground,
  });
}

export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      queryFn: readQuery,
      // A page that is opened again must not show what it held before: staff act on it, and money moves.
      gcTime: 0,
      // Offline, a read fails and says so instead of waiting for the network.
      networkMode: 'always',
      refetchOnReconnect: true,
      retry: (failureCount, error) => failureCount < 1 && error.isTransient,
      retryDelay: 1_000,
    },
    // An action that charges or assigns is never repeated, or queued, automatically.
    mutations: { networkMode: 'always', retry: false },
  },
  // After every action, done or refused, the page reads again what it shows; the action is pending until then.
  mutationCache: new MutationCache({
    onSettled: async () => {
      const settledAt = Date.now();
      await queryClient.invalidateQueries({ predicate: ({ meta }) => !meta?.isBackground });
      // What every page shows, such as the number of open requests, unless the page has just told it.
      void queryClient.invalidateQueries({
        predicate: ({ meta, state }) => meta?.isBackground === true && state.dataUpdatedAt < settledAt,
      });
    },
  }),
});

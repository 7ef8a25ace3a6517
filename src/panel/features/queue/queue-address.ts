import { useCallback, useEffect } from 'react';
import { useLocation, useSearchParams } from 'react-router-dom';
import type { QueueView } from '../../lib/types.js';
import { keepAddress } from './saved-position.js';

/** The views of the queue as tabs. */
export const views: { name: QueueView; label: string }[] = [
  { name: 'all', label: 'All' },
  { name: 'mine', label: 'Mine' },
  { name: 'unclaimed', label: 'Unclaimed' },
  { name: 'overdue', label: 'Overdue' },
  { name: 'blocked', label: 'Blocked' },
  { name: 'wallet-short', label: 'Wallet short' },
];

export const filterNames = ['partner', 'vertical', 'language', 'blocker', 'claimed', 'q'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

export function isNarrowed(filters: Filters): boolean {
  return filterNames.some((name) => filters[name]);
}

/** Which rows one looks at. It lives in the address, so that it can be kept, shared and gone back to. */
export function useQueueAddress() {
  const [search, setSearch] = useSearchParams();
  const location = useLocation();
  useEffect(() => keepAddress(location.search), [location.search]);
  const asked = search.get('view');
  const view = views.find(({ name }) => name === asked)?.name ?? 'all';
  const filters: Filters = {};
  for (const name of filterNames) {
    const value = search.get(name);
    if (value) filters[name] = value;
  }
  const change = useCallback(
    (to: Filters & { view?: QueueView }) =>
      setSearch((before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(to)) {
          if (value && !(name === 'view' && value === 'all')) after.set(name, value);
          else after.delete(name);
        }
        return after;
      }),
    [setSearch],
  );
  /** Without any filter; `view` too, where one is given. */
  const clear = (to: { view?: QueueView } = {}) =>
    change({ ...Object.fromEntries(filterNames.map((name) => [name, ''])), ...to });
  const key = JSON.stringify({ view, ...filters });
  return { view, filters, key, change, clear };
}

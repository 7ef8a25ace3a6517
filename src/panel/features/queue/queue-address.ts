import { useCallback, useEffect } from 'react';
import { useLocation, useSearchParams } from 'react-router-dom';
import type { QueueView } from '../../lib/types.js';
import { saveQueueAddress } from './saved-position.js';

/** The views of the queue as tabs. */
export const views: { name: QueueView; label: string }[] = [
  { name: 'all', label: 'All' },
  { name: 'mine', label: 'Mine' },
  { name: 'unclaimed', label: 'Unclaimed' },
  { name: 'overdue', label: 'Overdue' },
  { name: 'blocked', label: 'Blocked' },
  { name: 'wallet-short', label: 'Wallet short' },
];

const filterNames = ['partner', 'vertical', 'language', 'blocker', 'claimed', 'q'] as const;
type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

/** Which rows are shown. It stands in the page's address, so that it can be shared and gone back to. */
export interface QueueAddress {
  view: QueueView;
  filters: Filters;
  isFiltered: boolean;
  change: (to: Filters & { view?: QueueView }) => void;
  /** Removes all filters. */
  clear: (to?: { view?: QueueView }) => void;
}

export function useQueueAddress(): QueueAddress {
  const [search, setSearch] = useSearchParams();
  const location = useLocation();
  useEffect(() => saveQueueAddress(location.search), [location.search]);
  const viewParam = search.get('view');
  const view = views.find(({ name }) => name === viewParam)?.name ?? 'all';
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
  const clear = (to: { view?: QueueView } = {}) =>
    change({ ...Object.fromEntries(filterNames.map((name) => [name, ''])), ...to });
  return { view, filters, isFiltered: Object.keys(filters).length > 0, change, clear };
}

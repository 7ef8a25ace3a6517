import { useState } from 'react';
import { formatCount } from '../../lib/format.js';
import type { Candidate } from './types.js';

/**
 * Which accounts the next assignment is about: the marked ones, else the selected one.
 * @param list the accounts to choose from; undefined while they are read
 * @param wantedCount how many can be marked
 */
export function useCandidateSelection(list: Candidate[] | undefined, wantedCount: number) {
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [confirmingId, setConfirmingId] = useState<string | null>(null);
  const [marked, setMarked] = useState<Candidate[]>([]);
  const [limitError, setLimitError] = useState<string | null>(null);
  // The selection stays until another: an account that a colleague takes meanwhile is not silently replaced by the next.
  if (selectedId === null && list?.[0]) setSelectedId(list[0].socialAccountId);

  const find = (id: string | null) => list?.find(({ socialAccountId }) => socialAccountId === id) ?? null;
  const selected = find(selectedId);
  const select = (id: string) => {
    setSelectedId(id);
    setConfirmingId(null);
  };
  return {
    selectedId,
    selected,
    marked,
    markedIds: new Set(marked.map(({ socialAccountId }) => socialAccountId)),
    /** What is assigned next. */
    chosen: marked.length > 0 ? marked : selected ? [selected] : [],
    /** The account with warnings that waits for a confirmation. */
    confirming: find(confirmingId),
    /** Why no more can be marked, after an attempt. */
    limitError,
    select,
    move: (by: number) => {
      if (!list?.length) return;
      const index = selected ? list.indexOf(selected) : -1;
      const to = list[index < 0 ? 0 : Math.min(list.length - 1, Math.max(0, index + by))]!;
      select(to.socialAccountId);
      requestAnimationFrame(() => document.getElementById(to.socialAccountId)?.scrollIntoView({ block: 'nearest' }));
    },
    toggleMark: (id: string) => {
      setLimitError(null);
      if (marked.some(({ socialAccountId }) => socialAccountId === id)) {
        return setMarked(marked.filter(({ socialAccountId }) => socialAccountId !== id));
      }
      const candidate = find(id);
      if (!candidate) return;
      if (marked.length >= wantedCount) {
        const count = formatCount(wantedCount, 'account is', 'accounts are');
        return setLimitError(`${count} still wanted and marked; unmark one first.`);
      }
      setMarked([...marked, candidate]);
    },
    /** Marks these too. */
    markAll: (candidates: Candidate[]) => {
      setLimitError(null);
      setMarked([...marked, ...candidates]);
    },
    askToConfirm: setConfirmingId,
    cancelConfirm: () => setConfirmingId(null),
    dismissLimitError: () => setLimitError(null),
    clearMarks: () => {
      setMarked([]);
      setLimitError(null);
    },
    /** Another list begins with its first account. */
    reset: () => {
      setSelectedId(null);
      setConfirmingId(null);
    },
  };
}

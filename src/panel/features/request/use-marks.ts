import { useState } from 'react';
import type { Candidate } from '../../lib/types.js';
import { howMany } from '../../lib/format.js';

/** Accounts marked to be assigned together, in the order they were marked, up to the number still wanted. */
export function useMarks(wanted: number, list: Candidate[] | undefined) {
  const [kept, setKept] = useState<Candidate[]>([]);
  const [limit, setLimit] = useState<string | null>(null);
  const toggle = (id: string) => {
    setLimit(null);
    if (kept.some((one) => one.socialAccountId === id)) {
      return setKept(kept.filter((one) => one.socialAccountId !== id));
    }
    const candidate = list?.find((one) => one.socialAccountId === id);
    if (!candidate) return;
    if (kept.length >= wanted) {
      return setLimit(`${howMany(wanted, 'account is', 'accounts are')} still wanted and marked; unmark one first.`);
    }
    setKept([...kept, candidate]);
  };
  return {
    accounts: kept,
    ids: new Set(kept.map((one) => one.socialAccountId)),
    /** Why no more can be marked, once one tried. */
    limit,
    toggle,
    clear: () => {
      setKept([]);
      setLimit(null);
    },
  };
}

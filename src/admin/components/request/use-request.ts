import { useCallback, useRef, useState } from 'react';
import { act, readFulfil, useFresh, type Outcome } from '../kit/api.js';
import type { Candidate, Fulfil } from '../kit/shapes.js';

/** For so long after each deed the buttons stay shut: a second press that comes late does nothing. */
const settleMs = 500;

/** One request with everything about it, and the one way to change it: a deed at a time, then everything is read again. */
export function useRequest(id: string, search: string) {
  const read = useCallback(async () => ({ ...(await readFulfil(id, search)), searched: search }), [id, search]);
  const { data, failure, readAt, refresh } = useFresh(read);
  const [busy, setBusy] = useState(false);
  const inFlight = useRef(false);

  const deed = async (resourceId: string, recordId: string, action: string, body: object): Promise<Outcome> => {
    if (inFlight.current)
      return { done: false, sentence: 'Something else is still being saved; try again in a moment.' };
    inFlight.current = true;
    setBusy(true);
    const outcome = await act(resourceId, recordId, action, body);
    await refresh();
    inFlight.current = false;
    setTimeout(() => setBusy(inFlight.current), settleMs);
    return outcome;
  };

  return {
    fulfil: data,
    failure,
    readAt,
    refresh,
    busy,
    onRequest: (action: string, body: object) => deed('lease-requests', id, action, body),
    onLease: (leaseId: string, action: string, body: object) => deed('leases', leaseId, action, body),
  };
}

/** What `fulfil` offers to choose from at the moment; undefined while a search is under way. */
export function choices(fulfil: Fulfil & { searched: string }, search: string): Candidate[] | undefined {
  if (search === '') return fulfil.candidates;
  return fulfil.searched === search ? fulfil.pool : undefined;
}

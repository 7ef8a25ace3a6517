import { useCallback, useRef, useState } from 'react';
import { act, readFulfil, useFresh, type Outcome, type Reading } from '../../lib/api.js';
import type { Candidate, Fulfil } from '../../lib/types.js';
import { at, howMany } from '../../lib/format.js';

/** For so long after an assignment the buttons stay shut: a second press that comes late does nothing. */
const settleMs = 500;

/** How far several assignments are: the `at`th of `whole`. */
export interface Progress {
  at: number;
  whole: number;
  handle: string;
}

/** One request with everything about it, and the one way to change it: a deed at a time, then everything is read again. */
export function useRequest(id: string, search: string) {
  const read = useCallback(
    async (reading: Reading) => ({ ...(await readFulfil(id, search, reading)), searched: search }),
    [id, search],
  );
  const { data, failure, readAt, refresh } = useFresh(read);
  const [busy, setBusy] = useState(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  const inFlight = useRef(false);

  const alone = async (work: () => Promise<Outcome>, settles = false): Promise<Outcome> => {
    if (inFlight.current)
      return { done: false, sentence: 'Something else is still being saved; try again in a moment.' };
    inFlight.current = true;
    setBusy(true);
    const outcome = await work();
    await refresh();
    inFlight.current = false;
    if (settles) setTimeout(() => setBusy(inFlight.current), settleMs);
    else setBusy(false);
    return outcome;
  };
  const onRequest = (action: string, body: object) => alone(() => act('lease-requests', id, action, body));

  /** Assigns them one by one, a transaction each, and stops at the first refusal. */
  const assignEach = async (accounts: Candidate[], seen: Fulfil) => {
    const outcome = await alone(() => assignInTurn(id, accounts, seen, setProgress), true);
    setProgress(null);
    return outcome;
  };

  return {
    fulfil: data,
    failure,
    readAt,
    refresh,
    /** Something is being saved, so nothing else can be. */
    busy,
    /** How far an assignment is; null while there is none. */
    progress,
    onRequest,
    assignEach,
    onLease: (leaseId: string, action: string, body: object) => alone(() => act('leases', leaseId, action, body)),
  };
}

async function assignInTurn(
  id: string,
  accounts: Candidate[],
  { request, wallet }: Fulfil,
  tell: (progress: Progress) => void,
): Promise<Outcome> {
  let { version } = request;
  let last: Outcome = { done: true, answer: {} };
  for (const [index, { socialAccountId, handle }] of accounts.entries()) {
    tell({ at: index + 1, whole: accounts.length, handle });
    last = await act('lease-requests', id, 'assign', {
      socialAccountId,
      version,
      expectedPriceCents: wallet.priceCents,
    });
    if (!last.done) return { done: false, sentence: stoppedAt(accounts, index, last.sentence) };
    version = Number(last.answer.record?.params.version ?? version + 1);
  }
  return last;
}

/** What was and what was not done. */
function stoppedAt(accounts: Candidate[], index: number, sentence: string): string {
  if (accounts.length === 1) return sentence;
  const handles = (some: Candidate[]) => some.map(({ handle }) => at(handle)).join(', ');
  const did =
    index === 0
      ? 'Nothing was assigned'
      : `${howMany(index, 'account')} assigned: ${handles(accounts.slice(0, index))}`;
  return `${did}. Stopped at ${at(accounts[index]!.handle)}: ${sentence} Not assigned: ${handles(accounts.slice(index))}.`;
}

/** What `fulfil` offers to choose from at the moment; undefined while a search is under way. */
export function choices(fulfil: Fulfil & { searched: string }, search: string): Candidate[] | undefined {
  if (search === '') return fulfil.candidates;
  return fulfil.searched === search ? fulfil.pool : undefined;
}

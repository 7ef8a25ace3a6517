import { useEffect, useState } from 'react';
import { useIsMutating, useMutation, useQuery } from '@tanstack/react-query';
import { postRecordAction, type ActionAnswer } from '../../lib/actions.js';
import { formatCount, formatHandle } from '../../lib/format.js';
import type { PanelError } from '../../lib/http.js';
import { toRecordKey } from '../../lib/queries.js';
import type { UnblockReason } from '../../lib/types.js';
import { useAction } from '../../lib/use-action.js';
import type { Candidate, RequestView } from './types.js';

const POLL_MS = 7_000;
/** For so long after an assignment the buttons stay disabled: a second press that comes late does nothing. */
const SETTLE_MS = 500;

interface RequestAnswer {
  fulfil: RequestView;
}

/** A request with everything about it. */
export function useRequestView(id: string) {
  return useQuery<RequestAnswer, PanelError, RequestView>({
    queryKey: toRecordKey('lease-requests', id, 'fulfil'),
    refetchInterval: POLL_MS,
    select: ({ fulfil }) => fulfil,
  });
}

/** The free accounts of the whole pool that match a text. */
export function usePoolSearch(id: string, text: string) {
  return useQuery<RequestAnswer, PanelError, Candidate[]>({
    queryKey: toRecordKey('lease-requests', id, 'fulfil', { q: text }),
    enabled: text !== '',
    refetchInterval: POLL_MS,
    select: ({ fulfil }) => fulfil.pool,
  });
}

/** Why its blocker ended by itself, until something else happens to the request; opening the page marks it as seen. */
export function useUnblockReason(id: string, { request, may }: RequestView): UnblockReason | null {
  const { wokeBecause: reason, version } = request;
  const [seen, setSeen] = useState({ reason, version });
  const mayMark = may.note;
  if (reason && (reason !== seen.reason || version !== seen.version)) setSeen({ reason, version });
  const { mutate: markAsSeen } = useMutation({
    mutationFn: () => postRecordAction('lease-requests', id, 'opened'),
    retry: 2,
  });
  useEffect(() => {
    if (reason && mayMark) markAsSeen();
  }, [reason, mayMark, markAsSeen]);
  return seen.version === version ? seen.reason : null;
}

export function getRequestMutationKey(id: string): readonly string[] {
  return ['lease-requests', id];
}

/** Whether something of the request is being saved. */
export function useIsRequestBusy(id: string): boolean {
  return useIsMutating({ mutationKey: getRequestMutationKey(id) }) > 0;
}

/** How far several assignments are. */
export interface AssignProgress {
  index: number;
  total: number;
  handle: string;
}

interface AssignInput {
  candidates: Candidate[];
  view: RequestView;
  /** They are all that the search found. */
  exhaustsSearch: boolean;
}

interface AssignOptions {
  onRefreshed: (answer: ActionAnswer, input: AssignInput) => void;
  onError: (error: Error) => void;
}

/** Assigns accounts one by one, a transaction each, and stops at the first refusal. */
export function useAssign(id: string, { onRefreshed, onError }: AssignOptions) {
  const [progress, setProgress] = useState<AssignProgress | null>(null);
  const [isSettling, setIsSettling] = useState(false);
  const finish = () => {
    setProgress(null);
    setTimeout(() => setIsSettling(false), SETTLE_MS);
  };
  const { run } = useAction(
    (input: AssignInput) => {
      setIsSettling(true);
      return assignInTurn(id, input, setProgress);
    },
    {
      mutationKey: getRequestMutationKey(id),
      onRefreshed: (answer, input) => {
        finish();
        onRefreshed(answer, input);
      },
      onError: (error) => {
        finish();
        onError(error);
      },
    },
  );
  return { assign: run, progress, isSettling };
}

async function assignInTurn(
  id: string,
  { candidates, view: { request, wallet } }: AssignInput,
  onProgress: (progress: AssignProgress) => void,
): Promise<ActionAnswer> {
  let { version } = request;
  let answer: ActionAnswer = {};
  for (const [index, { socialAccountId, handle }] of candidates.entries()) {
    onProgress({ index: index + 1, total: candidates.length, handle });
    try {
      answer = await postRecordAction('lease-requests', id, 'assign', {
        socialAccountId,
        version,
        expectedPriceCents: wallet.priceCents,
      });
    } catch (error) {
      if (candidates.length === 1) throw error;
      throw new Error(describeStop(candidates, index, (error as Error).message), { cause: error });
    }
    version = Number(answer.record?.params.version ?? version + 1);
  }
  return answer;
}

/** Undoes several assignments one by one. @returns what was done */
export async function undoInTurn(id: string, candidates: Candidate[]): Promise<string> {
  let message = '';
  let status: unknown;
  for (const [index, { socialAccountId, handle }] of candidates.entries()) {
    try {
      const { notice, record } = await postRecordAction('lease-requests', id, 'undoAssign', { socialAccountId });
      message = notice?.message ?? '';
      status = record?.params.status;
    } catch (error) {
      throw new Error(
        `${formatCount(index, 'assignment')} undone. Stopped at ${formatHandle(handle)}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
  if (candidates.length === 1) return message;
  const staysClosed =
    status === 'requested' ? '' : ' The request stays closed; use Replace… in its history to give other accounts.';
  return `${formatCount(candidates.length, 'assignment')} undone and refunded.${staysClosed}`;
}

/** Which accounts were assigned before the refusal, and which were not. */
function describeStop(candidates: Candidate[], index: number, message: string): string {
  const formatHandles = (some: Candidate[]) => some.map(({ handle }) => formatHandle(handle)).join(', ');
  const done =
    index === 0
      ? 'Nothing was assigned'
      : `${formatCount(index, 'account')} assigned: ${formatHandles(candidates.slice(0, index))}`;
  const stop = `Stopped at ${formatHandle(candidates[index]!.handle)}: ${message}`;
  return `${done}. ${stop} Not assigned: ${formatHandles(candidates.slice(index))}.`;
}

import React, { useRef, useState } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router-dom';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { formatCount, formatDollars, formatHandle } from '../../lib/format.js';
import { PanelError } from '../../lib/http.js';
import { toRequestPath } from '../../lib/paths.js';
import { toPageKey } from '../../lib/queries.js';
import { useStaff } from '../../lib/staff.js';
import { useTabWork } from '../../lib/tab-work.js';
import { showToast } from '../../lib/toasts.js';
import type { QueuePage } from '../../lib/types.js';
import { useAction } from '../../lib/use-action.js';
import { useFeedback, type Feedback } from '../../lib/use-feedback.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { useRepeatedCommand } from '../../lib/commands.js';
import { CommandBar } from '../../ui/command-bar.js';
import { ErrorState, LoadingState } from '../../ui/states.js';
import { findNextInQueue } from '../queue/queue-order.js';
import { getQueuePath } from '../queue/saved-position.js';
import { findOtherClaim, findOwnClaim, getAssignDisabledReason, getClaimReason } from './disabled-reasons.js';
import { describeMarked, findBest } from './mark-best.js';
import { scrollToComposer } from './note-composer.js';
import { isSelectable, useRequestCommands } from './request-commands.js';
import { RequestDialogs, type OpenDialog } from './request-dialogs.js';
import { RequestLayout } from './request-layout.js';
import { getUnreadReplies } from './request-strips.js';
import type { Candidate, RequestView } from './types.js';
import { useCandidateSelection } from './use-candidate-selection.js';
import { useNoteDraft } from './use-note-draft.js';
import {
  getRequestMutationKey,
  undoInTurn,
  useAssign,
  useIsRequestBusy,
  usePoolSearch,
  useRequestView,
} from './use-request.js';
import { hasWarnings } from './warnings.js';

/** Where staff work on one lease request: what was asked, which accounts fit, what happened, and how it ends. */
export const RequestPage: React.FC<{ id: string }> = ({ id }) => {
  const query = useRequestView(id);
  const view = query.data;
  const [search, setSearch] = useState('');
  const [searchKey, setSearchKey] = useState(0);
  const poolSearch = usePoolSearch(id, search);
  const candidates = search === '' ? view?.candidates : poolSearch.data;
  const selection = useCandidateSelection(candidates, view ? view.request.count - view.request.assignedCount : 0);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [feedback, setFeedback] = useClaimAwareFeedback(view);
  const draft = useNoteDraft(id);
  const searchField = useRef<HTMLInputElement>(null);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { role } = useStaff();
  const now = useNow();
  useTabWork(id, (view && findOwnClaim(view)?.until) ?? null);
  useTitle(
    view ? sentence`${view.request.count} × ${view.request.vertical} for ${view.request.partner.name}` : 'Request',
  );

  const showError = (error: Error) => setFeedback({ kind: 'error', message: error.message, reason: getReason(error) });
  const searchFor = (text: string) => {
    if (text === search) return;
    setSearch(text);
    selection.reset();
  };
  const endSearch = () => {
    setSearch('');
    setSearchKey(searchKey + 1);
  };

  const assignment = useAssign(id, {
    onRefreshed: (answer, input) => {
      selection.clearMarks();
      selection.reset();
      if (input.exhaustsSearch) endSearch();
      const message = describeAssigned(input.candidates, input.view, answer.notice?.message ?? '');
      setFeedback(null);
      showToast({ message, kind: 'done', undo: () => undoInTurn(id, input.candidates) });
    },
    onError: (error) => {
      selection.clearMarks();
      showError(error);
    },
  });
  const isMutating = useIsRequestBusy(id);
  const isBusy = isMutating || assignment.isSettling;
  const assignDisabledReason = view ? getAssignDisabledReason(view, role) : null;
  const assign = (accounts: Candidate[]) => {
    if (!view) return;
    setFeedback(null);
    selection.cancelConfirm();
    const exhaustsSearch = search !== '' && candidates?.length === accounts.length;
    assignment.assign({ candidates: accounts, view, exhaustsSearch });
  };
  /** Several accounts, and one with warnings, are confirmed first. */
  const pressAssign = (accounts: Candidate[]) => {
    const [first] = accounts;
    if (!first || assignDisabledReason || isBusy) return;
    if (selection.marked.length > 0) return setDialog({ kind: 'several', candidates: accounts });
    selection.select(first.socialAccountId);
    if (hasWarnings(first, now)) return selection.askToConfirm(first.socialAccountId);
    assign(accounts);
  };

  const claim = useAction((actionName: 'claim' | 'unclaim') => postRecordAction('lease-requests', id, actionName), {
    mutationKey: getRequestMutationKey(id),
    onError: showError,
  });
  const readReply = useAction((noteId: string) => postRecordAction('lease-requests', id, 'readReply', { noteId }), {
    mutationKey: getRequestMutationKey(id),
    onError: showError,
  });
  const toggleClaim = () => {
    if (!view) return;
    if (findOtherClaim(view)) return setDialog({ kind: 'takeOver' });
    setFeedback(null);
    claim.run(findOwnClaim(view) ? 'unclaim' : 'claim');
  };
  const openUnlessBusy = (open: OpenDialog) => {
    if (!isBusy) setDialog(open);
  };
  const focusNote = () => {
    noteField.current?.focus({ preventScroll: true });
    scrollToComposer(noteField.current);
  };
  const best = view && candidates ? findBest(view, candidates, selection.marked) : null;
  const hasBest = best && best.accounts.length + selection.marked.length > 0;
  const noBestReason = !best
    ? 'The list of accounts is still loading.'
    : hasBest
      ? null
      : `Nothing is marked: ${best.stoppedBecause}.`;
  const commands = useRequestCommands(view, selection.chosen, noBestReason, {
    move: selection.move,
    toggleMark: () => selection.selected && selection.toggleMark(selection.selected.socialAccountId),
    markBest: () => {
      if (!best) return;
      setFeedback(null);
      selection.markAll(best.accounts);
      showToast({ kind: 'idle', message: describeMarked(best, selection.marked.length) });
    },
    assign: () => pressAssign(selection.chosen),
    toggleClaim,
    note: focusNote,
    readReply: () => {
      const newest = view && getUnreadReplies(view).at(-1);
      if (newest) readReply.run(newest.id);
    },
    undo: (account) => setDialog({ kind: 'undo', account }),
    closeShort: () => openUnlessBusy({ kind: 'closeShort' }),
    reject: () => openUnlessBusy({ kind: 'reject' }),
    searchPool: () => searchField.current?.focus(),
    goToNext: async () => {
      const next = findNextInQueue(id) ?? (await findOtherRequest(queryClient, id));
      if (next) navigate(toRequestPath(next));
      else showToast({ kind: 'idle', message: 'This was the last request in the queue.' });
    },
    goBack: () => (selection.confirming ? selection.cancelConfirm() : navigate(getQueuePath())),
  });
  const keyCommands = useRepeatedCommand(commands.all, 'note', view?.notes.length ?? 0, () =>
    draft.change({ visibility: draft.draft.visibility === 'internal' ? 'partner' : 'internal' }),
  );
  const commandBar = (
    <CommandBar
      commands={keyCommands}
      onDisabled={(message, { id: commandId }) => {
        // The next assignment shows its own reason all the time.
        const isShown = commandId === 'assign' && view && isSelectable(view);
        if (isShown) showToast({ kind: 'idle', message });
        else
          setFeedback({
            kind: 'error',
            message,
            ...(view && message === getClaimReason(view) && { reason: 'claimed' }),
          });
      }}
    />
  );

  if (!view) {
    return (
      <main className="lc-page">
        <ErrorState query={query}>
          {' · '}
          <Link to={getQueuePath()}>Back to the queue</Link>
        </ErrorState>
        {!query.error && (
          <section className="lc-card">
            <LoadingState what="the request" lines={8} />
          </section>
        )}
        {commandBar}
      </main>
    );
  }
  const limitFeedback: Feedback | null = selection.limitError ? { kind: 'error', message: selection.limitError } : null;
  return (
    <main className="lc-page lc-request">
      <RequestLayout
        id={id}
        query={poolSearch.error ? poolSearch : query}
        view={view}
        candidates={candidates}
        search={search}
        searchKey={searchKey}
        searchField={searchField}
        noteField={noteField}
        selection={selection}
        draft={draft}
        commands={commands}
        assignDisabledReason={assignDisabledReason}
        isBusy={isBusy}
        progress={assignment.progress}
        feedback={feedback?.kind === 'error' ? feedback : (limitFeedback ?? feedback)}
        now={now}
        onSearch={searchFor}
        onAssign={assign}
        onPressAssign={pressAssign}
        onToggleClaim={toggleClaim}
        onNote={focusNote}
        onOpen={setDialog}
        onError={showError}
        onDismiss={() => {
          setFeedback(null);
          selection.dismissLimitError();
        }}
      />
      <RequestDialogs
        open={dialog}
        view={view}
        now={now}
        assignSeveral={assign}
        candidates={candidates}
        search={search}
        onSearch={searchFor}
        onClose={() => {
          setDialog(null);
          if (dialog?.kind === 'replace' && search !== '') endSearch();
        }}
      />
      {commandBar}
    </main>
  );
};

function describeAssigned(candidates: Candidate[], { wallet }: RequestView, message: string): string {
  const [only] = candidates;
  if (candidates.length === 1 && only) return `${formatHandle(only.handle)} — ${message}`;
  const charged = formatDollars(candidates.length * wallet.priceCents);
  return `${formatCount(candidates.length, 'account')} assigned, ${charged} charged.`;
}

/** Drops an error that only a colleague's claim caused, once the claim is over. */
function useClaimAwareFeedback(view: RequestView | undefined) {
  const [feedback, setFeedback] = useFeedback();
  const isHeld = view?.request.status === 'requested' && findOtherClaim(view) !== null;
  if (view && !isHeld && feedback?.reason === 'claimed') setFeedback(null);
  return [feedback, setFeedback] as const;
}

function getReason(error: Error): string | undefined {
  return error instanceof PanelError ? error.details.reason : undefined;
}

/** The most urgent request besides this one; null where there is none, or the queue cannot be read. */
async function findOtherRequest(queryClient: QueryClient, id: string): Promise<string | null> {
  try {
    const { rows } = await queryClient.fetchQuery<QueuePage>({ queryKey: toPageKey('queue') });
    return rows.find((row) => row.id !== id)?.id ?? null;
  } catch {
    return null;
  }
}

import React, { type ComponentProps } from 'react';
import type { Feedback } from '../../lib/use-feedback.js';
import { Alert } from '../../ui/elements.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { useToast } from '../../ui/toasts.js';
import { AskedForCard } from './asked-for.js';
import { AssignedCard } from './assigned-card.js';
import { AssignmentPreview } from './assignment-preview.js';
import { CandidateList } from './candidate-list.js';
import { EarlierRequestsCard } from './earlier-requests.js';
import type { LeaseHandlers } from './lease-actions.js';
import { NoteComposer } from './note-composer.js';
import { isSelectable, type RequestCommands } from './request-commands.js';
import type { OpenDialog } from './request-dialogs.js';
import { RequestHead } from './request-head.js';
import { BlockerStrip, ReplyStrip, UnblockedStrip } from './request-strips.js';
import { SamePartnerCard } from './same-partner.js';
import { Timeline } from './timeline.js';
import type { Candidate, RequestView } from './types.js';
import type { useCandidateSelection } from './use-candidate-selection.js';
import type { useNoteDraft } from './use-note-draft.js';
import { useUnblockReason, type AssignProgress } from './use-request.js';
import { WalletCard } from './wallet-card.js';

interface RequestLayoutProps {
  id: string;
  query: ComponentProps<typeof ErrorState>['query'];
  view: RequestView;
  /** The accounts to choose from; undefined while they are read. */
  candidates: Candidate[] | undefined;
  search: string;
  searchKey: number;
  searchField: React.RefObject<HTMLInputElement | null>;
  noteField: React.RefObject<HTMLTextAreaElement | null>;
  selection: ReturnType<typeof useCandidateSelection>;
  draft: ReturnType<typeof useNoteDraft>;
  commands: RequestCommands;
  assignDisabledReason: string | null;
  isBusy: boolean;
  progress: AssignProgress | null;
  feedback: Feedback | null;
  now: number;
  onSearch: (text: string) => void;
  /** Assigns at once. */
  onAssign: (candidates: Candidate[]) => void;
  /** Assigns, after a confirmation where one is needed. */
  onPressAssign: (candidates: Candidate[]) => void;
  onToggleClaim: () => void;
  /** Focuses the note. */
  onNote: () => void;
  onOpen: (dialog: OpenDialog) => void;
  onError: (error: Error) => void;
  onDismiss: () => void;
}

/** The parts of the page in their three columns. */
export const RequestLayout: React.FC<RequestLayoutProps> = (props) => {
  const { id, query, view, noteField, draft, commands, isBusy, now, onToggleClaim, onOpen, onError } = props;
  const { request, may } = view;
  const isOpen = request.status === 'requested';
  const unblockReason = useUnblockReason(id, view);
  const showToast = useToast();
  const leaseHandlers: LeaseHandlers = {
    onUndo: (account) => onOpen({ kind: 'undo', account }),
    onDisconnect: (account) => onOpen({ kind: 'disconnect', account }),
    onRelease: (account) => onOpen({ kind: 'release', account }),
    onReplace: (account) => onOpen({ kind: 'replace', account }),
  };
  const assignedCard = <AssignedCard view={view} now={now} {...leaseHandlers} />;
  const assignedComesFirst = !isSelectable(view);
  return (
    <>
      <ReplyStrip view={view} command={commands.readReply} isBusy={isBusy} now={now} />
      <RequestHead
        view={view}
        commands={commands}
        now={now}
        isBusy={isBusy}
        onUnclaim={onToggleClaim}
        onTakeOver={() => onOpen({ kind: 'takeOver' })}
      />
      <ErrorState query={query} />
      {unblockReason && !request.blocker && isOpen && <UnblockedStrip reason={unblockReason} />}
      <BlockerStrip view={view} now={now} isBusy={isBusy} onError={onError} />
      <div className="lc-cols">
        <div className="lc-stack">
          <AskedForCard
            request={request}
            onMap={may.mapVertical ? (vertical) => onOpen({ kind: 'map', vertical }) : undefined}
          />
          <WalletCard view={view} now={now} />
          <EarlierRequestsCard view={view} now={now} />
          <SamePartnerCard view={view} now={now} />
        </div>
        <div className="lc-stack">
          {assignedComesFirst && assignedCard}
          {isOpen ? <OpenRequest {...props} /> : <ClosedRequest {...props} />}
          {!assignedComesFirst && assignedCard}
        </div>
        <div className="lc-stack lc-right">
          {may.note && (
            <NoteComposer
              request={request}
              draft={draft.draft}
              onChange={draft.change}
              onSaved={(answer, saved) => {
                draft.drop(saved);
                showToast(answer, 'Note added.');
              }}
              field={noteField}
            />
          )}
          <Timeline
            view={view}
            now={now}
            {...leaseHandlers}
            onWithdraw={(note) => onOpen({ kind: 'withdraw', note })}
            onShow={(note) => onOpen({ kind: 'show', note })}
          />
        </div>
      </div>
    </>
  );
};

/** The next assignment, and the accounts to choose from. */
const OpenRequest: React.FC<RequestLayoutProps> = (props) => {
  const { view, candidates, search, searchKey, searchField, selection, draft, commands } = props;
  const { assignDisabledReason, isBusy, progress, feedback, now } = props;
  const { onSearch, onAssign, onPressAssign, onNote, onDismiss } = props;
  const canSelect = isSelectable(view);
  return (
    <>
      {canSelect && (
        <AssignmentPreview
          view={view}
          command={commands.assign}
          chosen={selection.chosen}
          isMarked={selection.marked.length > 0}
          disabledReason={assignDisabledReason}
          isBusy={isBusy}
          progress={progress}
          feedback={feedback}
          confirming={selection.confirming}
          now={now}
          onConfirm={(candidate) => onAssign([candidate])}
          onCancel={selection.cancelConfirm}
          onDismiss={onDismiss}
        />
      )}
      {!canSelect && feedback?.kind === 'error' && <Alert onClose={onDismiss}>{feedback.message}</Alert>}
      <CandidateList
        candidates={view.candidates}
        leftCount={view.cover && view.cover.poolFits < view.cover.poolFitsAlone ? view.cover.poolFits : null}
        found={search === '' ? undefined : candidates}
        search={search}
        searchKey={searchKey}
        searchField={searchField}
        searchCommand={commands.searchPool}
        onSearch={onSearch}
        selectedId={selection.selectedId}
        onSelect={selection.select}
        markedIds={selection.markedIds}
        onMark={(candidateId) => {
          selection.select(candidateId);
          selection.toggleMark(candidateId);
        }}
        onAssign={(candidate) => onPressAssign([candidate])}
        isSelectable={canSelect}
        isDisabled={isBusy || assignDisabledReason !== null}
        now={now}
        emptyHint={
          <>
            Search the whole pool, or{' '}
            <button
              type="button"
              className="lc-link"
              onClick={() => {
                draft.change({ blocker: 'no_inventory' });
                onNote();
              }}
            >
              note that there is no inventory
            </button>
            .
          </>
        }
      />
    </>
  );
};

const ClosedRequest: React.FC<RequestLayoutProps> = ({ view, feedback, onDismiss }) => {
  const { request, assigned, may } = view;
  return (
    <>
      {assigned.every(({ status }) => status === 'undone') && (
        <section className="lc-card">
          <EmptyState title={`No account is assigned: the request is ${request.status}.`}>
            {may.replace
              ? 'Assignments undone after it was closed can still be replaced: see “What happened”.'
              : 'See “What happened” for the reason.'}
          </EmptyState>
        </section>
      )}
      {feedback?.kind === 'error' && <Alert onClose={onDismiss}>{feedback.message}</Alert>}
    </>
  );
};

import React, { useEffect, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import { Link, useNavigate } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { useKeys } from '../kit/keys.js';
import { Alert, KeysBar, Loading, useTitle } from '../kit/parts.js';
import type { AssignedAccount, Candidate, NoteView } from '../kit/shapes.js';
import { useStaff } from '../kit/staff.js';
import { clock, useNow } from '../kit/times.js';
import { at, dollars } from '../kit/words.js';
import { AskedForCard } from './asked-for.js';
import { AssignedCard } from './assigned-card.js';
import { assignHindrance } from './availability.js';
import { Candidates } from './candidates.js';
import { CloseShortDialog, RejectDialog } from './closing-dialogs.js';
import { useDraft } from './drafts.js';
import { NoteComposer } from './note-composer.js';
import { PreviewBand } from './preview-band.js';
import { BlockerStrip, RequestHead } from './request-head.js';
import { DisconnectDialog, UndoDialog, WithdrawDialog } from './taking-back-dialogs.js';
import { choices, useRequest } from './use-request.js';
import { WalletCard } from './wallet-card.js';
import { WhatHappened } from './what-happened.js';

type OpenDialog =
  | { kind: 'closeShort' | 'reject' }
  | { kind: 'undo' | 'disconnect'; account: AssignedAccount }
  | { kind: 'withdraw'; note: NoteView };

/** Where staff fulfil one request: what was asked, who fits, one assignment at a time, notes, and how it ends. */
export const RequestPage: React.FC<{ id: string }> = ({ id }) => {
  const [search, setSearch] = useState('');
  const [searchTurn, setSearchTurn] = useState(0);
  const { fulfil, failure, readAt, refresh, busy, onRequest, onLease } = useRequest(id, search);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [assigning, setAssigning] = useState(false);
  const [draft, changeDraft, emptyDraft] = useDraft(id);
  const searchField = useRef<HTMLInputElement>(null);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const pressAssign = useRef<(() => void) | null>(null);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const navigate = useNavigate();
  const staff = useStaff();
  const now = useNow();
  useTitle(
    fulfil ? `${fulfil.request.count} × ${fulfil.request.vertical} for ${fulfil.request.partner.name}` : 'Request',
  );

  const list = fulfil ? choices(fulfil, search) : undefined;
  // A choice stands until one makes another: an account that a colleague takes meanwhile is not silently replaced by the next.
  useEffect(() => {
    if (selectedId === null && list?.[0]) setSelectedId(list[0].socialAccountId);
  }, [selectedId, list]);
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(() => setDone(null), 8000);
    return () => clearTimeout(timer);
  }, [done]);
  const selected = list?.find((candidate) => candidate.socialAccountId === selectedId) ?? null;

  const move = (by: number) => {
    if (!list?.length) return;
    const index = list.findIndex((candidate) => candidate === selected);
    const next = list[index < 0 ? 0 : Math.min(list.length - 1, Math.max(0, index + by))];
    if (!next) return;
    setSelectedId(next.socialAccountId);
    requestAnimationFrame(() => document.getElementById(next.socialAccountId)?.scrollIntoView({ block: 'nearest' }));
  };
  const composeNote = () => {
    noteField.current?.scrollIntoView({ block: 'nearest' });
    noteField.current?.focus({ preventScroll: true });
  };
  const newestUndoable = fulfil?.assigned
    .filter((account) => account.canUndo && account.status !== 'undone' && account.status !== 'ended')
    .sort((a, b) => Date.parse(b.assignedAt) - Date.parse(a.assignedAt))[0];

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => pressAssign.current?.(),
    n: composeNote,
    u: () => newestUndoable && setDialog({ kind: 'undo', account: newestUndoable }),
    '/': () => searchField.current?.focus(),
    Escape: () => navigate(rootPath),
  });

  if (!fulfil) {
    return (
      <main className="lc-page">
        {failure ? (
          <Alert>
            {failure} <Link to={rootPath}>Back to the queue</Link>
          </Alert>
        ) : (
          <section className="lc-card">
            <Loading what="the request" lines={8} />
          </section>
        )}
      </main>
    );
  }

  const assign = async (candidate: Candidate) => {
    setRefusal(null);
    setDone(null);
    setAssigning(true);
    const { version } = fulfil.request;
    const expectedPriceCents = fulfil.wallet.priceCents;
    const outcome = await onRequest('assign', {
      socialAccountId: candidate.socialAccountId,
      version,
      expectedPriceCents,
    });
    setAssigning(false);
    if (outcome.done) {
      setDone(
        `${at(candidate.handle)} — ${outcome.answer.notice?.message ?? `assigned for ${dollars(expectedPriceCents)}`}`,
      );
      setSelectedId(null);
      if (search !== '' && list?.length === 1) endSearch();
    } else {
      setRefusal(outcome.sentence);
    }
  };
  const endSearch = () => {
    setSearch('');
    setSearchTurn((turn) => turn + 1);
  };
  const clearBlocker = async () => {
    setRefusal(null);
    const outcome = await onRequest('clearBlocker', {});
    if (!outcome.done) setRefusal(outcome.sentence);
  };
  const { request, may } = fulfil;
  const open = request.status === 'requested';
  const resourcesPath = `${rootPath}/resources`;
  // Nothing is assigned to a suspended partner; those who else would see the button, and why it does nothing.
  const assigns = may.assign || (request.partner.suspended && may.note);
  const close = () => setDialog(null);
  const onUndo = (account: AssignedAccount) => setDialog({ kind: 'undo', account });
  const onDisconnect = (account: AssignedAccount) => setDialog({ kind: 'disconnect', account });

  const given = (
    <AssignedCard fulfil={fulfil} now={now} resourcesPath={resourcesPath} onUndo={onUndo} onDisconnect={onDisconnect} />
  );

  return (
    <main className="lc-page lc-request">
      <RequestHead
        fulfil={fulfil}
        role={staff.role}
        now={now}
        busy={busy}
        queuePath={rootPath}
        resourcesPath={resourcesPath}
        onNote={composeNote}
        onCloseShort={() => setDialog({ kind: 'closeShort' })}
        onReject={() => setDialog({ kind: 'reject' })}
      />
      {failure && (
        <Alert>
          As it was at {clock(readAt)}. {failure}{' '}
          <button type="button" className="lc-link" onClick={() => void refresh()}>
            Try again
          </button>
        </Alert>
      )}
      <BlockerStrip fulfil={fulfil} now={now} busy={busy} onClear={() => void clearBlocker()} />
      <div className="lc-cols">
        <div className="lc-stack">
          <AskedForCard request={request} />
          <WalletCard fulfil={fulfil} now={now} resourcesPath={resourcesPath} />
        </div>
        <div className="lc-stack">
          {!assigns && given}
          {open ? (
            <>
              {assigns && (
                <PreviewBand
                  fulfil={fulfil}
                  selected={selected}
                  hindrance={assignHindrance(fulfil, staff.role)}
                  busy={busy}
                  assigning={assigning}
                  refusal={refusal}
                  done={done}
                  onAssign={(candidate) => void assign(candidate)}
                  onDismiss={() => setRefusal(null)}
                  press={pressAssign}
                />
              )}
              <Candidates
                candidates={fulfil.candidates}
                found={search === '' ? undefined : list}
                search={search}
                searchTurn={searchTurn}
                onSearch={(text) => {
                  if (text === search) return;
                  setSearch(text);
                  setSelectedId(null);
                }}
                selectedId={selectedId}
                onSelect={setSelectedId}
                selectable={assigns}
                searchField={searchField}
                whenNoneFits={
                  <>
                    Search the whole pool, or{' '}
                    <button
                      type="button"
                      className="lc-link"
                      onClick={() => {
                        changeDraft({ blocker: 'no_inventory' });
                        composeNote();
                      }}
                    >
                      note that there is no inventory
                    </button>
                    .
                  </>
                }
              />
            </>
          ) : (
            refusal && <Alert onClose={() => setRefusal(null)}>{refusal}</Alert>
          )}
          {assigns && given}
        </div>
        <div className="lc-stack lc-right">
          {may.note && (
            <NoteComposer
              draft={draft}
              onChange={changeDraft}
              onSaved={emptyDraft}
              open={open}
              current={request.blocker}
              field={noteField}
              save={({ body, visibility, blocker }) =>
                onRequest('note', { body, visibility, ...(blocker !== '' && open ? { blocker } : {}) })
              }
            />
          )}
          <WhatHappened
            fulfil={fulfil}
            staff={staff}
            now={now}
            resourcesPath={resourcesPath}
            onUndo={onUndo}
            onDisconnect={onDisconnect}
            onWithdraw={(note) => setDialog({ kind: 'withdraw', note })}
          />
        </div>
      </div>
      {dialog?.kind === 'closeShort' && (
        <CloseShortDialog
          fulfil={fulfil}
          close={(answer) => onRequest('closePartial', { ...answer, version: request.version })}
          onClose={close}
        />
      )}
      {dialog?.kind === 'reject' && (
        <RejectDialog
          fulfil={fulfil}
          close={(answer) => onRequest('reject', { ...answer, version: request.version })}
          onClose={close}
        />
      )}
      {dialog?.kind === 'undo' && (
        <UndoDialog
          account={dialog.account}
          fulfil={fulfil}
          undo={(reason) => onRequest('undoAssign', { socialAccountId: dialog.account.socialAccountId, reason })}
          onClose={close}
        />
      )}
      {dialog?.kind === 'disconnect' && (
        <DisconnectDialog
          handle={dialog.account.handle}
          priceCents={dialog.account.priceCents}
          disconnect={(answer) => onLease(dialog.account.leaseId, 'disconnect', answer)}
          onClose={close}
        />
      )}
      {dialog?.kind === 'withdraw' && (
        <WithdrawDialog
          note={dialog.note}
          withdraw={() => onRequest('withdrawNote', { noteId: dialog.note.id })}
          onClose={close}
        />
      )}
      <KeysBar
        keys={[
          ...(open && may.assign
            ? ([
                [['j', 'k'], 'move'],
                [['a'], 'assign'],
              ] as [string[], string][])
            : []),
          ...(open ? ([[['/'], 'search the pool']] as [string[], string][]) : []),
          ...(may.note ? ([[['n'], 'note']] as [string[], string][]) : []),
          ...(newestUndoable ? ([[['u'], 'undo']] as [string[], string][]) : []),
          [['Esc'], 'back to the queue'],
        ]}
      />
    </main>
  );
};

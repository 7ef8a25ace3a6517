import React, { useEffect, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import { Link, useNavigate } from 'react-router-dom';
import { useNotice, type ReduxState } from 'adminjs';
import { act, readQueue } from '../../lib/api.js';
import { useKeys } from '../../lib/keys.js';
import { Alert, Empty, KeysBar, Loading, useTitle } from '../../ui/elements.js';
import type { AssignedAccount, Candidate, Fulfil, WakeReason } from '../../lib/types.js';
import { useStaff } from '../../lib/staff.js';
import { AsItWas, useNow } from '../../ui/times.js';
import { at, formatDollars, howMany } from '../../lib/format.js';
import { nextAfter } from '../queue/order.js';
import { backToQueue } from '../queue/saved-position.js';
import { AskedForCard } from './asked-for.js';
import { AssignedCard } from './assigned-card.js';
import { assignHindrance, endingOf, holderOf, isMine } from './availability.js';
import { Candidates } from './candidates.js';
import { doubtsAbout } from './warnings.js';
import { useDraft } from './drafts.js';
import { NoteComposer, showComposer } from './note-composer.js';
import { PreviewBand } from './preview-band.js';
import { RequestDialogs, type OpenDialog } from './request-dialogs.js';
import { keysOf } from './request-keys.js';
import { BlockerStrip, RequestHead, WokeStrip } from './request-head.js';
import { SamePartnerCard } from './same-partner.js';
import { useMarks } from './use-marks.js';
import { useRefusal } from './use-refusal.js';
import { choices, useRequest } from './use-request.js';
import { WalletCard } from './wallet-card.js';
import { WhatHappened } from './timeline.js';

/** Where staff fulfil one request: what was asked, who fits, what happened, and how it ends. */
export const RequestPage: React.FC<{ id: string }> = ({ id }) => {
  const [search, setSearch] = useState('');
  const [searchTurn, setSearchTurn] = useState(0);
  const { fulfil, failure, readAt, refresh, busy, progress, onRequest, assignEach, onLease } = useRequest(id, search);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [doubtedId, setDoubtedId] = useState<string | null>(null);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [refusal, setRefusal] = useRefusal(fulfil);
  const [done, setDone] = useState<string | null>(null);
  const [draft, changeDraft, emptyDraft] = useDraft(id);
  const searchField = useRef<HTMLInputElement>(null);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const navigate = useNavigate();
  const addNotice = useNotice();
  const staff = useStaff();
  const now = useNow();
  const woke = useWoke(id, fulfil);
  useTitle(
    fulfil ? `${fulfil.request.count} × ${fulfil.request.vertical} for ${fulfil.request.partner.name}` : 'Request',
  );

  const list = fulfil ? choices(fulfil, search) : undefined;
  const wanted = fulfil ? fulfil.request.count - fulfil.request.assignedCount : 0;
  const marks = useMarks(wanted, list);
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
  const doubted = list?.find((candidate) => candidate.socialAccountId === doubtedId) ?? null;
  const next = marks.accounts.length > 0 ? marks.accounts : selected ? [selected] : [];
  const hindrance = fulfil ? assignHindrance(fulfil, staff.role) : null;

  // A doubt is about one account; another choice asks anew.
  const select = (candidateId: string) => {
    setSelectedId(candidateId);
    setDoubtedId(null);
  };
  const searchFor = (text: string) => {
    if (text === search) return;
    setSearch(text);
    setSelectedId(null);
    setDoubtedId(null);
  };
  const endSearch = () => {
    setSearch('');
    setSearchTurn((turn) => turn + 1);
  };
  const move = (by: number) => {
    if (!list?.length) return;
    const index = list.findIndex((candidate) => candidate === selected);
    const to = list[index < 0 ? 0 : Math.min(list.length - 1, Math.max(0, index + by))];
    if (!to) return;
    select(to.socialAccountId);
    requestAnimationFrame(() => document.getElementById(to.socialAccountId)?.scrollIntoView({ block: 'nearest' }));
  };
  const composeNote = () => {
    noteField.current?.focus({ preventScroll: true });
    showComposer(noteField.current);
  };
  const assign = async (accounts: Candidate[]) => {
    if (!fulfil) return;
    setRefusal(null);
    setDone(null);
    setDoubtedId(null);
    const outcome = await assignEach(accounts, fulfil);
    marks.clear();
    if (!outcome.done) return setRefusal(outcome.sentence);
    if (search !== '' && list?.length === accounts.length) endSearch();
    const [only] = accounts;
    const charged = formatDollars(accounts.length * fulfil.wallet.priceCents);
    setDone(
      accounts.length === 1 && only
        ? `${at(only.handle)} — ${outcome.answer.notice?.message ?? ''}`
        : `${howMany(accounts.length, 'account')} assigned, ${charged} charged.`,
    );
    setSelectedId(null);
  };
  const pressAssign = (accounts: Candidate[]) => {
    const [first] = accounts;
    if (!first || hindrance || busy) return;
    if (marks.accounts.length > 0) return setDialog({ kind: 'several', accounts });
    select(first.socialAccountId);
    if (doubtsAbout(first, now).length > 0) return setDoubtedId(first.socialAccountId);
    void assign(accounts);
  };
  const simply = async (action: string, body: object, sentence?: string) => {
    setRefusal(null);
    const outcome = await onRequest(action, body);
    if (!outcome.done) setRefusal(outcome.sentence);
    else if (sentence) setDone(sentence);
  };
  const goToNext = async () => {
    const following = nextAfter(id) ?? (await firstOther(id));
    if (following) navigate(`${rootPath}/resources/lease-requests/records/${following}/fulfil`);
    else setDone('This was the last one in the queue.');
  };
  const newestUndoable = fulfil?.assigned
    .filter((account) => account.canUndo && account.status !== 'undone' && account.status !== 'ended')
    .sort((a, b) => Date.parse(b.assignedAt) - Date.parse(a.assignedAt))[0];
  const pressClaim = () => {
    if (!fulfil?.may.claim) return;
    if (holderOf(fulfil)) return setDialog({ kind: 'takeOver' });
    const mine = isMine(fulfil);
    void simply(mine ? 'unclaim' : 'claim', {});
  };
  const pressEnd = () => {
    if (!fulfil?.may.note || fulfil.request.status !== 'requested' || busy) return;
    const { kind, hindrance } = endingOf(fulfil, staff.role);
    if (hindrance) setRefusal(hindrance);
    else setDialog({ kind });
  };

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    ' ': () => fulfil?.may.assign && selected && marks.toggle(selected.socialAccountId),
    a: () => fulfil?.may.assign && pressAssign(next),
    c: pressClaim,
    n: composeNote,
    e: pressEnd,
    u: () => newestUndoable && setDialog({ kind: 'undo', account: newestUndoable }),
    ']': () => void goToNext(),
    '/': () => searchField.current?.focus(),
    '?': () => setDialog({ kind: 'help' }),
    Escape: () => (doubtedId ? setDoubtedId(null) : navigate(backToQueue(rootPath))),
  });

  if (!fulfil) {
    return (
      <main className="lc-page">
        {failure ? (
          <Alert>
            {failure}{' '}
            <button type="button" className="lc-link" onClick={() => void refresh()}>
              Try again
            </button>
            {' · '}
            <Link to={backToQueue(rootPath)}>Back to the queue</Link>
          </Alert>
        ) : (
          <section className="lc-card">
            <Loading what="the request" lines={8} />
          </section>
        )}
      </main>
    );
  }

  const { request, may } = fulfil;
  const open = request.status === 'requested';
  // Nothing is assigned to a suspended partner; those who else would see the button, and why it does nothing.
  const assigns = may.assign || (open && request.partner.suspended && may.note);
  const resourcesPath = `${rootPath}/resources`;
  const takingBack = {
    onUndo: (account: AssignedAccount) => setDialog({ kind: 'undo', account }),
    onDisconnect: (account: AssignedAccount) => setDialog({ kind: 'disconnect', account }),
    onRelease: (account: AssignedAccount) => setDialog({ kind: 'release', account }),
    onReplace: (account: AssignedAccount) => setDialog({ kind: 'replace', account }),
  };
  const given = <AssignedCard fulfil={fulfil} now={now} resourcesPath={resourcesPath} {...takingBack} />;
  const keys = keysOf(fulfil, newestUndoable !== undefined);

  return (
    <main className="lc-page lc-request">
      <RequestHead
        fulfil={fulfil}
        role={staff.role}
        now={now}
        busy={busy}
        queuePath={backToQueue(rootPath)}
        resourcesPath={resourcesPath}
        onNote={composeNote}
        onCloseShort={() => setDialog({ kind: 'closeShort' })}
        onReject={() => setDialog({ kind: 'reject' })}
        onNext={() => void goToNext()}
        onClaim={pressClaim}
        onLetGo={pressClaim}
        onTakeOver={() => setDialog({ kind: 'takeOver' })}
      />
      {failure && (
        <Alert>
          <AsItWas readAt={readAt} />
          {failure}{' '}
          <button type="button" className="lc-link" onClick={() => void refresh()}>
            Try again
          </button>
        </Alert>
      )}
      {woke && !request.blocker && open && <WokeStrip because={woke} />}
      <BlockerStrip
        fulfil={fulfil}
        now={now}
        busy={busy}
        onClear={() => void simply('clearBlocker', { version: request.version })}
      />
      <div className="lc-cols">
        <div className="lc-stack">
          <AskedForCard
            request={request}
            resourcesPath={resourcesPath}
            onMap={may.mapVertical ? (vertical) => setDialog({ kind: 'map', vertical }) : undefined}
          />
          <WalletCard fulfil={fulfil} now={now} resourcesPath={resourcesPath} />
          <SamePartnerCard fulfil={fulfil} now={now} resourcesPath={resourcesPath} />
        </div>
        <div className="lc-stack">
          {!assigns && given}
          {open ? (
            <>
              {assigns && (
                <PreviewBand
                  fulfil={fulfil}
                  next={next}
                  marked={marks.accounts.length > 0}
                  hindrance={hindrance}
                  busy={busy}
                  progress={progress}
                  refusal={refusal ?? marks.limit}
                  done={done}
                  doubted={doubted}
                  now={now}
                  onPress={() => pressAssign(next)}
                  onConfirm={(candidate) => void assign([candidate])}
                  onCancel={() => setDoubtedId(null)}
                  onDismiss={() => setRefusal(null)}
                />
              )}
              {!assigns && refusal && <Alert onClose={() => setRefusal(null)}>{refusal}</Alert>}
              <Candidates
                candidates={fulfil.candidates}
                found={search === '' ? undefined : list}
                search={search}
                searchTurn={searchTurn}
                onSearch={searchFor}
                selectedId={selectedId}
                onSelect={select}
                marked={marks.ids}
                onMark={(candidateId) => {
                  select(candidateId);
                  marks.toggle(candidateId);
                }}
                onAssign={(candidate) => pressAssign([candidate])}
                selectable={assigns}
                shut={busy || hindrance !== null}
                now={now}
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
            <>
              {fulfil.assigned.every(({ status }) => status === 'undone') && <NothingGiven fulfil={fulfil} />}
              {refusal && <Alert onClose={() => setRefusal(null)}>{refusal}</Alert>}
              {done && !refusal && (
                <div role="status" className="lc-done">
                  <span aria-hidden="true">✓ </span>
                  {done}
                </div>
              )}
            </>
          )}
          {assigns && given}
        </div>
        <div className="lc-stack lc-right">
          {may.note && (
            <NoteComposer
              draft={draft}
              onChange={changeDraft}
              onSaved={(message) => {
                emptyDraft();
                addNotice({ message, type: 'success' });
              }}
              open={open}
              current={request.blocker}
              field={noteField}
              save={({ body, visibility, blocker, lookAgainOn }) =>
                onRequest('note', {
                  body,
                  visibility,
                  ...(blocker !== '' &&
                    open && { blocker, version: request.version, ...(lookAgainOn && { lookAgainOn }) }),
                })
              }
            />
          )}
          <WhatHappened
            fulfil={fulfil}
            staff={staff}
            now={now}
            resourcesPath={resourcesPath}
            {...takingBack}
            onWithdraw={(note) => setDialog({ kind: 'withdraw', note })}
          />
        </div>
      </div>
      <RequestDialogs
        open={dialog}
        fulfil={fulfil}
        now={now}
        keys={[...keys, [['?'], 'show these keys']]}
        onRequest={onRequest}
        onLease={onLease}
        assignSeveral={(accounts) => void assign(accounts)}
        choice={list}
        search={search}
        onSearch={searchFor}
        onClose={() => {
          setDialog(null);
          if (dialog?.kind === 'replace' && search !== '') endSearch();
        }}
      />
      <KeysBar keys={[...keys, [['?'], 'all keys']]} />
    </main>
  );
};

const NothingGiven: React.FC<{ fulfil: Fulfil }> = ({ fulfil: { request, may } }) => (
  <section className="lc-card">
    <Empty title={`No account is assigned: the request is ${request.status}.`}>
      {may.replace
        ? 'What was taken back after it was closed can still be replaced: see what happened.'
        : 'What happened tells why.'}
    </Empty>
  </section>
);

/** Why it woke, kept while one looks at it; the server is told once that somebody who works on requests has seen it. */
function useWoke(id: string, fulfil: Fulfil | null): WakeReason | null {
  const [woke, setWoke] = useState<WakeReason | null>(null);
  const because = fulfil?.request.wokeBecause ?? null;
  const mayRead = fulfil?.may.note === true;
  useEffect(() => {
    if (!because) return;
    setWoke(because);
    if (mayRead) void act('lease-requests', id, 'opened', {});
  }, [id, because, mayRead]);
  return woke;
}

/** The most urgent request beside this one. */
async function firstOther(id: string): Promise<string | null> {
  try {
    return (await readQueue({})).rows.find((row) => row.id !== id)?.id ?? null;
  } catch {
    return null;
  }
}

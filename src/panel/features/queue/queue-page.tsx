import React, { useEffect, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import { useNavigate } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { tellHouseNews } from '../../shell/status-news.js';
import { act, actOn } from '../../lib/api.js';
import { businessNow } from '../../lib/business-clock.js';
import { Dialog } from '../../ui/dialog.js';
import { HelpOverlay, type KeyHelp } from '../../ui/help.js';
import { useKeys } from '../../lib/keys.js';
import { Alert, Empty, KeysBar, Loading, useTitle } from '../../ui/elements.js';
import type { QueuePage as QueueAnswer, QueueRow, QueueView } from '../../lib/types.js';
import { useStaff } from '../../lib/staff.js';
import { AsItWas, clock, span, useNow } from '../../ui/times.js';
import { counted, howMany } from '../../lib/format.js';
import { SearchBox } from '../search/search-box.js';
import { BlockSeveral, RejectSeveral } from './bulk.js';
import { isNarrowed, useQueueAddress } from './queue-address.js';
import { FilterBar, ViewTabs } from './queue-filters.js';
import { QueueTable } from './queue-table.js';
import { QuickNote } from './quick-note.js';
import { rememberOrder } from './order.js';
import { keptPlace } from './saved-position.js';
import { useQueue } from './use-queue.js';

/** What came of the last thing that one did: done, refused, or nothing to do. */
interface Told {
  sentence: string;
  bad?: boolean;
  idle?: boolean;
}

type Open = { kind: 'help' | 'block' | 'reject' } | { kind: 'note' | 'takeOver'; row: QueueRow };

/** The open requests, the most urgent first: where operators land and come back to. */
const QueuePage: React.FC = () => {
  useTitle('Queue');
  const navigate = useNavigate();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const { role } = useStaff();
  const operates = role === 'operator' || role === 'admin';
  const address = useQueueAddress();
  const asked = address.key;
  const { data, failure, readAt, refresh, more, keep } = useQueue(asked);
  const [selectedId, setSelectedId] = useState<string | null>(() => keptPlace()?.id ?? null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<Open | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const place = useRef(0);
  const searchField = useRef<HTMLInputElement>(null);
  const now = useNow();

  // What is shown was asked for by another address until the answer to this one is here.
  const isStale = data !== null && data.asked !== asked;
  const rows = data?.rows ?? noRows;
  const found = rows.findIndex((row) => row.id === selectedId);
  // A row that left the queue gives its place to the one that moved up into it.
  const at = found >= 0 ? found : Math.min(place.current, rows.length - 1);
  place.current = Math.max(0, at);
  const selected = rows[at] ?? null;
  const chosen = rows.filter((row) => marked.has(row.id));

  const hrefOf = (row: QueueRow) => `${rootPath}/resources/lease-requests/records/${row.id}/fulfil`;
  const select = (row: QueueRow | undefined) => {
    if (!row) return;
    setSelectedId(row.id);
    keep(row.id);
    document.getElementById(row.id)?.scrollIntoView({ block: 'nearest' });
  };
  const move = (by: number) => {
    if (at + by >= rows.length) void more();
    select(rows[Math.min(rows.length - 1, Math.max(0, at + by))]);
  };
  const mark = (row: QueueRow) => setMarked((before) => toggled(before, row.id));
  const unmark = (row: QueueRow) => setMarked((before) => new Set([...before].filter((id) => id !== row.id)));
  const leaveFor = (id: string) => {
    rememberOrder(rows.map((row) => row.id));
    keep(id);
  };
  const openRow = (row: QueueRow) => {
    leaveFor(row.id);
    navigate(hrefOf(row));
  };
  const claim = async (row: QueueRow, takeOver: boolean) => {
    const outcome = await act('lease-requests', row.id, 'claim', takeOver ? { takeOver } : {});
    setTold({ sentence: outcome.done ? heldNow(outcome.answer) : outcome.sentence, bad: !outcome.done });
    await refresh();
    return outcome;
  };
  const pressClaim = (row: QueueRow) => {
    const holder = row.claimedBy && Date.parse(row.claimedBy.until) > businessNow() ? row.claimedBy : null;
    if (!holder) return void claim(row, false);
    if (!holder.mine) return setOpen({ kind: 'takeOver', row });
    void act('lease-requests', row.id, 'unclaim', {}).then((outcome) => {
      setTold(outcome.done ? { sentence: `${row.partner} is free again.` } : { sentence: outcome.sentence, bad: true });
      return refresh();
    });
  };
  const serveNext = useServeNext((id) => {
    leaveFor(id);
    navigate(`${rootPath}/resources/lease-requests/records/${id}/fulfil`);
  }, setTold);

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => selected && openRow(selected),
    c: () => operates && selected && pressClaim(selected),
    n: () => operates && selected && setOpen({ kind: 'note', row: selected }),
    x: () => operates && selected && mark(selected),
    s: () => operates && void serveNext(),
    '/': () => searchField.current?.focus(),
    '?': () => setOpen({ kind: 'help' }),
    r: () => void refresh(),
  });
  useEffect(() => {
    if (data) tellHouseNews(data);
  }, [data]);
  // What appears over the foot of the page may not cover the row that one is at.
  useEffect(() => {
    const row = selected && document.getElementById(selected.id);
    if (row && isInSight(row)) row.scrollIntoView({ block: 'nearest' });
  }, [chosen.length > 0, told]);
  useEffect(() => {
    if (!told || told.bad) return;
    const timer = setTimeout(() => setTold(null), 8000);
    return () => clearTimeout(timer);
  }, [told]);

  const keys: KeyHelp[] = [
    [['j', 'k'], 'move'],
    [['Enter'], 'open'],
    ...((operates
      ? [
          [['c'], 'claim'],
          [['n'], 'note'],
          [['x'], 'select'],
          [['s'], 'serve next'],
        ]
      : []) as KeyHelp[]),
  ];
  const done = (sentence: string) => {
    setTold({ sentence });
    void refresh();
  };
  const close = () => setOpen(null);
  const closeBulk = () => {
    close();
    void refresh();
  };

  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Queue</h1>
          <p>{data ? summary(data, now, failure ? null : readAt) : 'Open requests, the most urgent first'}</p>
        </div>
        <SearchBox field={searchField} hint="/" />
        {operates && (
          <button type="button" className="lc-btn primary" onClick={() => void serveNext()}>
            Serve next <kbd>s</kbd>
          </button>
        )}
      </header>
      <ViewTabs view={address.view} counts={data?.counts ?? null} onView={(view) => address.change({ view })} />
      <FilterBar filters={address.filters} rows={rows} onChange={address.change} onClear={() => address.clear()} />
      {failure && (
        <Alert>
          {data && <AsItWas readAt={readAt} />}
          {failure}{' '}
          <button type="button" className="lc-link" onClick={() => void refresh()}>
            Try again
          </button>
        </Alert>
      )}
      {rows.length === 0 && (!data || isStale) && !failure && (
        <section className="lc-card" aria-busy="true">
          <Loading what="the queue" lines={8} />
        </section>
      )}
      {data && !isStale && rows.length === 0 && <Nothing address={address} all={data.counts.all} />}
      {data && rows.length > 0 && (
        <div className={isStale ? 'lc-stale' : ''} aria-busy={isStale && !failure}>
          <QueueTable
            rows={rows}
            selectedId={selected?.id ?? null}
            marked={marked}
            now={now}
            markable={operates}
            hrefOf={hrefOf}
            onMark={(row) => {
              select(row);
              mark(row);
            }}
            onLeave={(row) => leaveFor(row.id)}
            onOpen={openRow}
          />
        </div>
      )}
      {data?.nextCursor && !isStale && <More key={data.nextCursor} onSeen={() => void more()} />}
      <div className="lc-tray">
        {told?.bad && <Alert onClose={() => setTold(null)}>{told.sentence}</Alert>}
        <div role="status" className={told && !told.bad ? `lc-just-done ${told.idle ? 'idle' : ''}` : 'lc-unseen'}>
          {told && !told.bad && `${told.idle ? '' : '✓ '}${told.sentence}`}
        </div>
        {chosen.length > 0 && (
          <div className="lc-bulk" role="group" aria-label="What to do with the marked requests">
            <b>{howMany(chosen.length, 'request')} marked</b>
            <button type="button" className="lc-btn small" onClick={() => setOpen({ kind: 'block' })}>
              Block…
            </button>
            <button type="button" className="lc-btn small danger" onClick={() => setOpen({ kind: 'reject' })}>
              Reject…
            </button>
            <button type="button" className="lc-link" onClick={() => setMarked(new Set())}>
              Unmark
            </button>
          </div>
        )}
      </div>
      {open?.kind === 'help' && <HelpOverlay keys={[...keys, ...moreKeys]} onClose={close} />}
      {open?.kind === 'block' && <BlockSeveral rows={chosen} onEach={unmark} onDone={done} onClose={closeBulk} />}
      {open?.kind === 'reject' && <RejectSeveral rows={chosen} onEach={unmark} onDone={done} onClose={closeBulk} />}
      {open?.kind === 'note' && <QuickNote row={open.row} onDone={done} onClose={close} />}
      {open?.kind === 'takeOver' && (
        <TakeOverRow row={open.row} takeOver={() => claim(open.row, true)} onClose={close} />
      )}
      <KeysBar
        keys={[...keys, [['/'], 'search'], [['?'], 'all keys']]}
        aside={data && (isStale ? 'reading…' : shownOf(data, address))}
      />
    </main>
  );
};

const noRows: QueueRow[] = [];

const moreKeys: KeyHelp[] = [
  [['/'], 'search for a request, handle, partner, key or transfer'],
  [['r'], 'refresh now'],
  [['?'], 'show these keys'],
];

const TakeOverRow: React.FC<{ row: QueueRow; takeOver: () => ReturnType<typeof act>; onClose: () => void }> = (
  props,
) => (
  <Dialog
    title={`Take over from ${props.row.claimedBy?.name}`}
    confirm="Take over"
    onConfirm={props.takeOver}
    onClose={props.onClose}
  >
    <ul className="lc-consequences">
      <li>
        {props.row.claimedBy?.name} holds {props.row.count} × {props.row.vertical} for {props.row.partner} and may be
        choosing accounts right now.
      </li>
      <li>What they do next on it is refused, naming you.</li>
    </ul>
  </Dialog>
);

type Address = ReturnType<typeof useQueueAddress>;

function shownOf({ rows, counts, nextCursor }: QueueAnswer, { view, filters }: Address): string {
  const more = nextCursor ? ' · more as you scroll' : '';
  if (isNarrowed(filters)) return `${rows.length}${nextCursor ? '+' : ''} match of ${counted(counts[view])}${more}`;
  return `${rows.length} of ${counted(counts[view])}${more}`;
}

/** Why a view is empty, in its own words. */
const emptyViews: Record<QueueView, string> = {
  all: 'Nothing is waiting.',
  mine: 'You hold no request.',
  unclaimed: 'Every open request is held by somebody.',
  overdue: 'Nothing is overdue.',
  blocked: 'Nothing is blocked.',
  'wallet-short': 'Every wallet covers at least one account.',
};

const Nothing: React.FC<{ address: Address; all: number }> = ({ address, all }) => {
  const { view, filters } = address;
  const narrowed = isNarrowed(filters);
  if (all === 0)
    return (
      <section className="lc-card">
        <Empty title={emptyViews.all}>New requests appear here by themselves, within ten seconds of being asked.</Empty>
      </section>
    );
  return (
    <section className="lc-card">
      <Empty title={narrowed ? 'No request matches these filters.' : emptyViews[view]}>
        {counted(all)} {all === 1 ? 'is' : 'are'} open in all.{' '}
        <button type="button" className="lc-link" onClick={() => address.clear({ view: 'all' })}>
          Show {all === 1 ? 'it' : 'them all'}
        </button>
      </Empty>
    </section>
  );
};

/** Claims and opens the most urgent request that can be worked on now. */
function useServeNext(go: (id: string) => void, tell: (told: Told) => void) {
  const busy = useRef(false);
  return async () => {
    if (busy.current) return;
    busy.current = true;
    const outcome = await actOn('lease-requests', 'serveNext', {});
    busy.current = false;
    if (!outcome.done) return tell({ sentence: outcome.sentence, bad: true });
    const { requestId, notice } = outcome.answer;
    if (requestId) go(requestId);
    else tell({ sentence: notice?.message ?? 'Nothing can be worked on just now.', idle: true });
  };
}

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

function heldNow({ claim }: { claim?: { until: string } }): string {
  return claim ? `You hold it until ${clock(Date.parse(claim.until))}.` : 'You hold it.';
}

/** @param readAt null where it could not be read again: the banner tells of when it is */
function summary({ rows, counts, wantedCount }: QueueAnswer, now: number, readAt: number | null): string {
  const fresh = readAt === null ? 'not refreshed' : freshness(now - readAt);
  if (counts.all === 0) return `No open requests · ${fresh}`;
  const wants =
    wantedCount === undefined ? '' : ` ${counts.all === 1 ? 'wants' : 'want'} ${howMany(wantedCount, 'account')}`;
  const oldest = Math.min(...rows.map((row) => Date.parse(row.submittedAt)));
  const age = rows.length === counts.all ? ` · oldest ${span(now - oldest)}` : '';
  return `${counted(counts.all)} open ${counts.all === 1 ? 'request' : 'requests'}${wants}${age} · ${fresh}`;
}

function freshness(age: number): string {
  return age < 30_000 ? 'refreshed just now' : `refreshed ${span(age)} ago`;
}

const More: React.FC<{ onSeen: () => void }> = ({ onSeen }) => {
  const mark = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && seen.current());
    if (mark.current) observer.observe(mark.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={mark} className="lc-more">
      <button type="button" className="lc-link" onClick={onSeen}>
        Show more
      </button>
    </div>
  );
};

export default QueuePage;

import React, { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { toBusinessTime } from '../../lib/business-clock.js';
import { toRequestPath } from '../../lib/paths.js';
import { isOperator, useStaff } from '../../lib/staff.js';
import { showToast } from '../../lib/toasts.js';
import type { QueueRow } from '../../lib/types.js';
import { useFeedback } from '../../lib/use-feedback.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { CommandBar, CommandButton } from '../../ui/command-bar.js';
import { ErrorState, LoadingState } from '../../ui/states.js';
import { SearchBox } from '../search/search-box.js';
import { EmptyQueue } from './empty-queue.js';
import { MoreTrigger } from './more-trigger.js';
import { useQueueAddress } from './queue-address.js';
import { useQueueCommands } from './queue-commands.js';
import { QueueDialogs, type OpenDialog } from './queue-dialogs.js';
import { FilterBar, ViewTabs } from './queue-filters.js';
import { saveQueueOrder } from './queue-order.js';
import { QueueTable } from './queue-table.js';
import { formatShownCount, summarizeQueue } from './queue-texts.js';
import { QueueTray } from './queue-tray.js';
import { readSavedPosition } from './saved-position.js';
import { useQueueActions } from './use-queue-actions.js';
import { useQueue } from './use-queue.js';
import { useRowSelection } from './use-row-selection.js';

const noRows: QueueRow[] = [];

/** The open requests, the most urgent first: the landing page. */
const QueuePage: React.FC = () => {
  useTitle('Queue');
  const navigate = useNavigate();
  const mayWork = isOperator(useStaff());
  const address = useQueueAddress();
  const { query, data, isStale, loadMore, saveRow } = useQueue(address);
  const rows = data?.rows ?? noRows;
  const [initialRowId] = useState(() => readSavedPosition()?.rowId ?? null);
  const selection = useRowSelection(rows, initialRowId);
  const { selected } = selection;
  const [markedIds, setMarkedIds] = useState<ReadonlySet<string>>(new Set());
  const marked = rows.filter(({ id }) => markedIds.has(id));
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [feedback, setFeedback] = useFeedback();
  const searchField = useRef<HTMLInputElement>(null);
  const now = useNow();

  const select = (row: QueueRow) => {
    selection.select(row);
    saveRow(row.id);
    document.getElementById(row.id)?.scrollIntoView({ block: 'nearest' });
  };
  const move = (by: number) => {
    if (selection.isBeyondEnd(by)) loadMore();
    const row = selection.getNeighbour(by);
    if (row) select(row);
  };
  const toggleMark = ({ id }: QueueRow) => setMarkedIds((before) => toggle(before, id));
  const leaveFor = (leaseRequestId: string) => {
    saveQueueOrder(rows.map(({ id }) => id));
    saveRow(leaseRequestId);
  };
  const openRequest = (leaseRequestId: string) => {
    leaveFor(leaseRequestId);
    navigate(toRequestPath(leaseRequestId));
  };
  const actions = useQueueActions({
    setFeedback,
    askToTakeOver: (row) => setDialog({ kind: 'takeOver', row }),
    openRequest,
  });
  const { commands, serveNext } = useQueueCommands(isStale ? null : selected, {
    move,
    open: ({ id }) => openRequest(id),
    toggleClaim: actions.toggleClaim,
    note: (row) => setDialog({ kind: 'note', row }),
    toggleMark,
    serveNext: actions.serveNext,
    focusSearch: () => searchField.current?.focus(),
    refresh: () => void query.refetch(),
  });

  // The tray that appears at the foot of the page must not cover the selected row.
  const selectedId = selected?.id;
  const hasMarked = marked.length > 0;
  useEffect(() => {
    if (!selectedId || (!hasMarked && !feedback)) return;
    const row = document.getElementById(selectedId);
    if (row && isInSight(row)) row.scrollIntoView({ block: 'nearest' });
  }, [selectedId, hasMarked, feedback]);

  const readAgoMs = query.error || isStale ? null : now - toBusinessTime(query.dataUpdatedAt);
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Queue</h1>
          <p>{data ? summarizeQueue(data, now, readAgoMs) : 'Open requests, the most urgent first'}</p>
        </div>
        <SearchBox field={searchField} showsKey />
        {mayWork && (
          <CommandButton command={serveNext} className="primary">
            Serve next
          </CommandButton>
        )}
      </header>
      <ViewTabs view={address.view} counts={data?.counts ?? null} onView={(view) => address.change({ view })} />
      <FilterBar address={address} rows={rows} />
      <ErrorState query={query} />
      {rows.length === 0 && (!data || isStale) && !query.error && (
        <section className="lc-card" aria-busy="true">
          <LoadingState what="the queue" lines={8} />
        </section>
      )}
      {data && !isStale && rows.length === 0 && <EmptyQueue address={address} openCount={data.counts.all} />}
      {data && rows.length > 0 && (
        <div className={isStale ? 'lc-stale' : ''} aria-busy={isStale}>
          <QueueTable
            rows={rows}
            selectedId={selectedId ?? null}
            markedIds={markedIds}
            now={now}
            isMarkable={mayWork}
            onMark={(row) => {
              select(row);
              toggleMark(row);
            }}
            onLeave={({ id }) => leaveFor(id)}
            onOpen={({ id }) => openRequest(id)}
          />
        </div>
      )}
      {data?.nextCursor && !isStale && <MoreTrigger key={data.nextCursor} onReached={loadMore} />}
      <QueueTray
        feedback={feedback}
        markedCount={marked.length}
        onDismiss={() => setFeedback(null)}
        onBlock={() => setDialog({ kind: 'block', rows: marked })}
        onReject={() => setDialog({ kind: 'reject', rows: marked })}
        onUnmark={() => setMarkedIds(new Set())}
      />
      <QueueDialogs
        open={dialog}
        takeOver={actions.takeOver}
        onRowDone={({ id }) => setMarkedIds((before) => new Set([...before].filter((other) => other !== id)))}
        onDone={(message) => showToast({ kind: 'done', message })}
        onClose={() => setDialog(null)}
      />
      <CommandBar commands={commands} aside={data && (isStale ? 'reading…' : formatShownCount(data, address))} />
    </main>
  );
};

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

function toggle(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(ids);
  if (!after.delete(id)) after.add(id);
  return after;
}

export default QueuePage;

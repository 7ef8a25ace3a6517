import React, { useCallback, useEffect, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import { useNavigate } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { tellOpenCount } from '../frame/open-count.js';
import { readQueue, useFresh } from '../kit/api.js';
import { useKeys } from '../kit/keys.js';
import { Alert, Empty, KeysBar, Loading, useTitle } from '../kit/parts.js';
import type { QueuePage as QueueAnswer, QueueRow } from '../kit/shapes.js';
import { clock, span, useNow } from '../kit/times.js';
import { howMany } from '../kit/words.js';
import { QueueTable } from './queue-table.js';

/** Remembers the row one came from, so that going back from a request lands on it again. */
let lastVisited: string | null = null;

/** The open requests, oldest first: where staff land and come back to. */
const QueuePage: React.FC = () => {
  useTitle('Queue');
  const navigate = useNavigate();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const [pageCount, setPageCount] = useState(1);
  const { data, failure, readAt, refresh } = useFresh(useCallback(() => readPages(pageCount), [pageCount]));
  const [selectedId, setSelectedId] = useState<string | null>(lastVisited);
  const now = useNow();

  const rows = data?.rows ?? [];
  const selected = rows.find((row) => row.id === selectedId) ?? rows[0] ?? null;
  const hrefOf = (row: QueueRow) => `${rootPath}/resources/lease-requests/records/${row.id}/fulfil`;
  const move = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, rows.findIndex((row) => row === selected) + by))];
    if (next) select(next.id);
  };
  const select = (id: string) => {
    lastVisited = id;
    setSelectedId(id);
    document.getElementById(id)?.scrollIntoView({ block: 'nearest' });
  };

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => selected && navigate(hrefOf(selected)),
    r: () => void refresh(),
  });
  useEffect(() => {
    if (data) tellOpenCount(data.openCount);
  }, [data]);

  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Queue</h1>
          <p>{data ? summary(data, now, readAt) : 'Open requests, oldest first'}</p>
        </div>
      </header>
      {failure && (
        <Alert>
          {data ? `As it was at ${clock(readAt)}. ` : ''}
          {failure}{' '}
          <button type="button" className="lc-link" onClick={() => void refresh()}>
            Try again
          </button>
        </Alert>
      )}
      {!data && !failure && (
        <section className="lc-card">
          <Loading what="the queue" lines={8} />
        </section>
      )}
      {data && rows.length === 0 && (
        <section className="lc-card">
          <Empty title="Nothing is waiting.">
            New requests appear here by themselves, within ten seconds of being asked.
          </Empty>
        </section>
      )}
      {data && rows.length > 0 && (
        <QueueTable
          rows={rows}
          selectedId={selected?.id ?? null}
          now={now}
          hrefOf={hrefOf}
          onLeave={(row) => {
            lastVisited = row.id;
          }}
          onOpen={(row) => navigate(hrefOf(row))}
        />
      )}
      {data?.nextCursor && <More key={pageCount} onSeen={() => setPageCount(pageCount + 1)} />}
      <KeysBar
        keys={[
          [['j', 'k'], 'move'],
          [['Enter'], 'open'],
          [['r'], 'refresh'],
        ]}
        aside={data && `${rows.length} of ${data.openCount}${data.nextCursor ? ' · more as you scroll' : ''}`}
      />
    </main>
  );
};

/** The first pages as one; a refresh reads all that one has scrolled through, so that nothing jumps. */
async function readPages(pageCount: number): Promise<QueueAnswer> {
  let whole = await readQueue(null);
  for (let page = 1; page < pageCount && whole.nextCursor; page++) {
    const next = await readQueue(whole.nextCursor);
    const seen = new Set(whole.rows.map((row) => row.id));
    whole = { ...next, rows: [...whole.rows, ...next.rows.filter((row) => !seen.has(row.id))] };
  }
  return whole;
}

function summary({ rows, openCount, wantedCount }: QueueAnswer, now: number, readAt: number): string {
  if (openCount === 0) return `No open requests · ${freshness(now - readAt)}`;
  const oldest = rows[0] ? ` · oldest ${span(now - Date.parse(rows[0].submittedAt))}` : '';
  const wants = openCount === 1 ? 'wants' : 'want';
  return `${howMany(openCount, 'open request')} ${wants} ${howMany(wantedCount, 'account')}${oldest} · ${freshness(now - readAt)}`;
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

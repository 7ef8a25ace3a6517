import React, { useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import type { ActionProps } from 'adminjs';
import type { PanelError } from '../../lib/http.js';
import { toExportPath, toRecordPath } from '../../lib/paths.js';
import { toPagedKey, toRecordKey } from '../../lib/queries.js';
import { formatMonth } from '../../lib/times.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { Card } from '../../ui/elements.js';
import { SandboxTime } from '../../ui/sandbox-time.js';
import { QueryState } from '../../ui/states.js';
import { PendingApprovals } from './approvals.js';
import { MonthsAhead, Outlook } from './outlook.js';
import { Statement } from './statement.js';
import type { StatementLine, WalletOverview } from './types.js';

/** A partner's wallet: what it holds, how long it lasts, and every movement with its cause. */
const WalletPage: React.FC<ActionProps> = ({ record }) => {
  const id = record?.id ?? '';
  const query = useWallet(id);
  const now = useNow() + (query.data?.sandboxAheadMs ?? 0);
  useTitle(`Wallet of ${record?.title ?? ''}`);
  if (!record) return null;
  return (
    <QueryState query={query} what="the wallet" lines={8}>
      {({ outlook, sandboxAheadMs, waiting, lines }) => (
        <>
          {sandboxAheadMs !== null && (
            <div className="lc-strip plain">
              <span>
                Play money of a sandbox. Its own clock shows <SandboxTime now={now} />.
              </span>
            </div>
          )}
          <div className="lc-two-columns">
            <div className="lc-stack">
              <Card title="Wallet" aside={<Link to={toRecordPath('organizations', id)}>Partner</Link>}>
                <Outlook outlook={outlook} now={now} />
              </Card>
              {outlook.liveLeases > 0 && <MonthsAhead months={outlook.monthsAhead} />}
            </div>
            <div className="lc-stack">
              <PendingApprovals approvals={waiting} />
              <section className="lc-card" aria-labelledby="statement-title">
                <header>
                  <h2 id="statement-title">Statement</h2>
                  <span className="lc-faint">newest first</span>
                  <span className="lc-grow" />
                  <MonthExport id={id} months={outlook.months} />
                </header>
                <Statement lines={lines} now={now} />
                {query.hasNextPage && (
                  <footer className="lc-foot">
                    <button
                      type="button"
                      className="lc-btn small"
                      disabled={query.isFetchingNextPage}
                      onClick={() => void query.fetchNextPage()}
                    >
                      {query.isFetchingNextPage
                        ? 'One moment…'
                        : `Show older than number ${lines.at(-1)?.walletSeq ?? ''}`}
                    </button>
                  </footer>
                )}
              </section>
            </div>
          </div>
        </>
      )}
    </QueryState>
  );
};

interface Wallet extends Omit<WalletOverview, 'statement' | 'approvalAboveCents' | 'largestCents'> {
  lines: StatementLine[];
}

/** The overview with as many pages of the statement as were asked for. */
function useWallet(id: string) {
  return useInfiniteQuery<WalletOverview, PanelError, Wallet, ReturnType<typeof toPagedKey>, string | null>({
    queryKey: toPagedKey(toRecordKey('wallets', id, 'overview')),
    refetchInterval: 30_000,
    initialPageParam: null,
    getNextPageParam: ({ statement }) => statement.nextCursor,
    select: ({ pages }) => {
      const { outlook, sandboxAheadMs, waiting } = pages[0]!;
      // What is booked between two reads moves the pages: each number stands once.
      const bySeq = new Map(pages.flatMap(({ statement }) => statement.lines).map((line) => [line.walletSeq, line]));
      return { outlook, sandboxAheadMs, waiting, lines: [...bySeq.values()] };
    },
  });
}

const MonthExport: React.FC<{ id: string; months: string[] }> = ({ id, months }) => {
  const [month, setMonth] = useState(months[0] ?? '');
  if (months.length === 0) return null;
  return (
    <span className="lc-row">
      <select
        className="lc-select"
        aria-label="Month of the CSV, in UTC"
        value={month}
        onChange={(event) => setMonth(event.target.value)}
      >
        {months.map((option) => (
          <option key={option} value={option}>
            {formatMonth(option)}
          </option>
        ))}
      </select>
      <a className="lc-btn small" href={toExportPath(`statements/${encodeURIComponent(id)}?month=${month}`)} download>
        Month as CSV
      </a>
    </span>
  );
};

export default WalletPage;

import React, { useEffect, useState } from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ActionProps, ReduxState } from 'adminjs';
import { Alert, Card, Loading, useTitle } from '../../ui/elements.js';
import { useNow } from '../../ui/times.js';
import { readOverview, useOverview } from '../records/overview.js';
import { MonthsAhead, monthName, Outlook } from './outlook.js';
import type { StatementLine, WalletOverview } from './types.js';
import { Statement } from './statement.js';
import { WaitingMovements } from './waiting.js';

/** A partner's wallet: what it holds, how long it lasts, and every movement with what caused it. */
const WalletPage: React.FC<ActionProps> = ({ record }) => {
  const id = record?.id ?? '';
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const { data, failure, refresh } = useOverview<WalletOverview>('wallets', id);
  const now = useNow();
  useTitle(`Wallet of ${record?.title ?? ''}`);
  const balance: unknown = record?.params.balanceCents;
  useEffect(() => void refresh(), [balance, refresh]);
  if (!record) return null;
  const resources = `${rootPath}/resources`;
  return (
    <>
      {failure && <Alert>{failure}</Alert>}
      {!data && !failure && (
        <section className="lc-card">
          <Loading what="the wallet" lines={8} />
        </section>
      )}
      {data && (
        <div className="lc-desk">
          <div className="lc-stack">
            <Card
              title="Wallet"
              aside={<Link to={`${resources}/organizations/records/${encodeURIComponent(id)}/show`}>Partner</Link>}
            >
              <Outlook outlook={data.outlook} now={now} />
            </Card>
            {data.outlook.liveLeases > 0 && <MonthsAhead months={data.outlook.monthsAhead} />}
          </div>
          <div className="lc-stack">
            <WaitingMovements waiting={data.waiting} onDecided={refresh} />
            <StatementCard key={id} id={id} data={data} resources={resources} now={now} />
          </div>
        </div>
      )}
    </>
  );
};

/** The first page is kept fresh; older ones stay as they were read, for the books never change behind one. */
const StatementCard: React.FC<{ id: string; data: WalletOverview; resources: string; now: number }> = (props) => {
  const { id, data, resources, now } = props;
  const first = data.statement;
  const [older, setOlder] = useState<{ lines: StatementLine[]; nextCursor: string | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const oldestKept = older?.lines.at(-1)?.walletSeq;
  const lines = older ? joined(first.lines, older.lines) : first.lines;
  const cursor = older ? older.nextCursor : first.nextCursor;
  const more = async () => {
    setBusy(true);
    setFault(null);
    try {
      const { statement } = await readOverview<WalletOverview>('wallets', id, { cursor });
      setOlder({
        lines: joined(older?.lines ?? first.lines, statement.lines),
        nextCursor: statement.nextCursor,
      });
    } catch (error) {
      setFault((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <section className="lc-card" aria-labelledby="statement-title">
      <header>
        <h2 id="statement-title">Statement</h2>
        <span className="lc-faint">newest first</span>
        <span className="lc-grow" />
        <MonthExport id={id} months={data.outlook.months} />
      </header>
      <Statement lines={lines} resources={resources} now={now} />
      {fault && <Alert>{fault}</Alert>}
      {cursor && (
        <footer className="lc-foot">
          <button type="button" className="lc-btn small" disabled={busy} onClick={() => void more()}>
            {busy ? 'One moment…' : `Show older than number ${oldestKept ?? first.lines.at(-1)?.walletSeq ?? ''}`}
          </button>
        </footer>
      )}
    </section>
  );
};

function joined(newer: StatementLine[], older: StatementLine[]): StatementLine[] {
  const seen = new Set(newer.map(({ walletSeq }) => walletSeq));
  return [...newer, ...older.filter(({ walletSeq }) => !seen.has(walletSeq))];
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
        {months.map((one) => (
          <option key={one} value={one}>
            {monthName(one)}
          </option>
        ))}
      </select>
      <a
        className="lc-btn small"
        href={`/admin/api/exports/statements/${encodeURIComponent(id)}?month=${month}`}
        download
      >
        Month as CSV
      </a>
    </span>
  );
};

export default WalletPage;

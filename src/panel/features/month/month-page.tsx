import React from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import { formatCount, formatDollars } from '../../lib/format.js';
import { toExportPath } from '../../lib/paths.js';
import { toPageKey } from '../../lib/queries.js';
import { formatMonth, formatUtc } from '../../lib/times.js';
import { useTitle } from '../../lib/use-title.js';
import { formatAxisDollars, LineChart } from '../../ui/charts.js';
import { Alert, Card, Chip } from '../../ui/elements.js';
import { QueryState } from '../../ui/states.js';
import { PendingApprovals } from '../wallets/approvals.js';
import { Checklist, CloseMonth } from './close-month.js';
import { ChargesByPeriod, Owed, Payouts, TopUps, TrialBalance, Wallets } from './month-tables.js';
import type { MonthPageData } from './types.js';

const packFiles = [
  'summary',
  'trial-balance',
  'wallets',
  'charges-by-period',
  'charges',
  'revenue-by-day',
  'top-ups',
  'payouts',
  'owed',
];

/** A month of the ledger: its figures, its closing, its files. */
const MonthPage: React.FC = () => {
  const [search, setSearch] = useSearchParams();
  const chosen = search.get('month');
  const query = useQuery<MonthPageData>({
    queryKey: toPageKey('month', chosen ? { month: chosen } : {}),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  const { data } = query;
  const title = data ? `Books of ${formatMonth(data.month)}` : 'Books';
  useTitle(title);
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>{title}</h1>
          {data && <MonthState month={data} />}
        </div>
        {data && (
          <select
            className="lc-select"
            aria-label="Month, in UTC"
            value={data.month}
            onChange={(event) => setSearch({ month: event.target.value })}
          >
            {[...new Set([data.month, ...data.months])].map((month) => (
              <option key={month} value={month}>
                {formatMonth(month)}
              </option>
            ))}
          </select>
        )}
        {data && <CloseMonth month={data} />}
      </header>
      {data?.proved && data.proved.faults > 0 && <LedgerErrors verification={data.proved} />}
      <QueryState query={query} what="the books" lines={10}>
        {(month) => <Figures month={month} />}
      </QueryState>
    </main>
  );
};

const MonthState: React.FC<{ month: MonthPageData }> = ({ month }) => {
  const { closedAt, closedBy, closableFrom, isClosable, proved } = month;
  const getState = () => {
    if (closedAt) return `Closed ${formatUtc(closedAt)} by ${closedBy ?? ''}`;
    return isClosable ? 'Open; it can be closed now' : `Open; it can be closed from ${formatUtc(closableFrom)}`;
  };
  return (
    <p>
      {getState()}
      {proved?.faults === 0 && ` · the books were verified without errors ${formatUtc(proved.verifiedAt)}`}
    </p>
  );
};

/** What the daily verification of the ledger found. */
const LedgerErrors: React.FC<{ verification: NonNullable<MonthPageData['proved']> }> = ({ verification }) => (
  <Alert>
    <b>
      The books have {formatCount(verification.faults, 'error')}, found {formatUtc(verification.verifiedAt)}:
    </b>
    <ul>
      {verification.named.map((error) => (
        <li key={error}>{error}</li>
      ))}
    </ul>
  </Alert>
);

const Figures: React.FC<{ month: MonthPageData }> = ({ month }) => {
  const { revenue } = month;
  const isOver = month.closedAt !== null || month.isClosable;
  return (
    <div className="lc-stack">
      <PendingApprovals approvals={month.waiting} showsPartner />
      {month.closedAt && <PackFiles month={month.month} />}
      {!month.closedAt && month.isClosable && <Checklist items={month.checklist} />}
      <div className="lc-grid2 lc-month">
        <Card
          title="Revenue"
          aside={
            <span className="lc-faint">
              {isOver ? 'earned by day, in dollars' : 'earned by day to the month’s end, as charged so far'}
            </span>
          }
        >
          <dl className="lc-facts wide">
            <dt>Deferred at the start</dt>
            <dd>{formatDollars(revenue.deferredAtStartCents)}</dd>
            <dt>Billed</dt>
            <dd>{formatDollars(revenue.billedCents)}</dd>
            <dt>Earned</dt>
            <dd>{formatDollars(revenue.earnedCents)}</dd>
            <dt>Deferred at the end</dt>
            <dd>{formatDollars(revenue.deferredAtEndCents)}</dd>
          </dl>
          <LineChart
            label={`Revenue earned by day in ${formatMonth(month.month)}, ${formatDollars(revenue.earnedCents)} in total`}
            labels={revenue.days.map(({ day }) => day.slice(8))}
            series={[
              {
                name: 'Earned',
                colour: '#3040d6',
                values: revenue.days.map(({ earnedCents }) => Math.max(0, earnedCents / 100)),
                isFilled: true,
              },
            ]}
            format={(dollars) => formatDollars(Math.round(dollars * 100))}
            formatAxis={formatAxisDollars}
          />
        </Card>
        <div className="lc-stack">
          <TrialBalance month={month} />
          <ChargesByPeriod month={month} />
        </div>
      </div>
      <Wallets month={month} />
      <Owed month={month} />
      <TopUps month={month} />
      <Payouts month={month} />
    </div>
  );
};

const PackFiles: React.FC<{ month: string }> = ({ month }) => (
  <Card title="Files of the month" aside={<Chip tone="ok">closed</Chip>}>
    <p className="lc-row">
      {packFiles.map((name) => (
        <a key={name} className="lc-btn small" href={toExportPath(`months/${month}/${name}.csv`)} download>
          {name}.csv
        </a>
      ))}
    </p>
  </Card>
);

export default MonthPage;

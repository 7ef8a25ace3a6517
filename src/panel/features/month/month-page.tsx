import React, { useCallback, useState } from 'react';
import { useSelector } from 'react-redux';
import { useSearchParams } from 'react-router-dom';
import { useNotice, type ReduxState } from 'adminjs';
import { LineChart } from '../dashboard/charts.js';
import { actOn, useFresh, type Reading } from '../../lib/api.js';
import { Dialog } from '../../ui/dialog.js';
import { ActionButton, Alert, Card, Chip, Loading, useTitle } from '../../ui/elements.js';
import { useStaff } from '../../lib/staff.js';
import { inUtc } from '../../ui/times.js';
import { formatDollars, howMany } from '../../lib/format.js';
import { monthName } from '../wallets/outlook.js';
import { WaitingMovements } from '../wallets/waiting.js';
import { ChargesByPeriod, Owed, Payouts, TopUps, TrialBalance, Wallets } from './month-tables.js';
import { readMonth, type MonthAnswer } from './types.js';

const refreshedEveryMs = 60_000;
const files = [
  ...['summary', 'trial-balance', 'wallets', 'charges-by-period', 'charges', 'revenue-by-day', 'top-ups', 'payouts'],
  'owed',
];

/** A month of the books: what finance looks at, closes, and takes away. */
const MonthPage: React.FC = () => {
  const [search, setSearch] = useSearchParams();
  const asked = search.get('month');
  const { data, failure, refresh } = useFresh(
    useCallback((reading: Reading) => readMonth(asked, reading), [asked]),
    refreshedEveryMs,
  );
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const title = data ? `Books of ${monthName(data.month)}` : 'Books';
  useTitle(title);
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>{title}</h1>
          {data && <Standing data={data} />}
        </div>
        {data && (
          <select
            className="lc-select"
            aria-label="Month, in UTC"
            value={data.month}
            onChange={(event) => setSearch({ month: event.target.value })}
          >
            {[...new Set([data.month, ...data.months])].map((one) => (
              <option key={one} value={one}>
                {monthName(one)}
              </option>
            ))}
          </select>
        )}
        {data && <CloseMonth data={data} onClosed={refresh} />}
      </header>
      {failure && <Alert>{failure}</Alert>}
      {data?.proved && data.proved.faults > 0 && <Faults proved={data.proved} />}
      {!data && !failure && (
        <section className="lc-card">
          <Loading what="the books" lines={10} />
        </section>
      )}
      {data && <Figures data={data} resources={`${rootPath}/resources`} onChange={refresh} />}
    </main>
  );
};

const Standing: React.FC<{ data: MonthAnswer }> = ({
  data: { closedAt, closedBy, closableFrom, isClosable, proved },
}) => (
  <p>
    {closedAt
      ? `Closed ${inUtc(closedAt)} by ${closedBy ?? ''}`
      : isClosable
        ? 'Open; it can be closed now'
        : `Open; it can be closed from ${inUtc(closableFrom)} on`}
    {proved?.faults === 0 && ` · the books were proved clean ${inUtc(proved.verifiedAt)}`}
  </p>
);

/** The red mark: what the daily proof of the books found wrong. */
const Faults: React.FC<{ proved: NonNullable<MonthAnswer['proved']> }> = ({ proved }) => (
  <Alert>
    <b>
      The books have {howMany(proved.faults, 'fault')}, found {inUtc(proved.verifiedAt)}:
    </b>
    <ul>
      {proved.named.map((fault) => (
        <li key={fault}>{fault}</li>
      ))}
    </ul>
  </Alert>
);

const Figures: React.FC<{ data: MonthAnswer; resources: string; onChange: () => Promise<void> }> = (props) => {
  const { data, resources, onChange } = props;
  const { revenue } = data;
  const isOver = data.closedAt !== null || data.isClosable;
  const days = revenue.days.map(({ day }) => day.slice(8));
  const earned = revenue.days.map(({ earnedCents }) => Math.max(0, earnedCents / 100));
  return (
    <div className="lc-stack">
      <WaitingMovements waiting={data.waiting} onDecided={onChange} withPartner />
      {data.closedAt && <PackFiles month={data.month} />}
      <div className="lc-grid2">
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
            label={`Revenue earned by day in ${monthName(data.month)}, ${formatDollars(revenue.earnedCents)} in all`}
            labels={days}
            series={[{ name: 'Earned', colour: '#3040d6', values: earned, filled: true }]}
            format={(value) => value.toLocaleString('en-US')}
          />
        </Card>
        <div className="lc-stack">
          <TrialBalance data={data} resources={resources} />
          <ChargesByPeriod data={data} resources={resources} />
        </div>
      </div>
      <Wallets data={data} resources={resources} />
      <Owed data={data} resources={resources} />
      <TopUps data={data} resources={resources} />
      <Payouts data={data} resources={resources} />
    </div>
  );
};

const PackFiles: React.FC<{ month: string }> = ({ month }) => (
  <Card title="The month’s pack" aside={<Chip tone="ok">closed</Chip>}>
    <p className="lc-row">
      {files.map((name) => (
        <a key={name} className="lc-btn small" href={`/admin/api/exports/months/${month}/${name}.csv`} download>
          {name}.csv
        </a>
      ))}
    </p>
  </Card>
);

const CloseMonth: React.FC<{ data: MonthAnswer; onClosed: () => Promise<void> }> = ({ data, onClosed }) => {
  const [asking, setAsking] = useState(false);
  const { role } = useStaff();
  const addNotice = useNotice();
  if (data.closedAt || (role !== 'finance' && role !== 'admin')) return null;
  const name = monthName(data.month);
  return (
    <>
      <ActionButton
        className="primary"
        unavailable={data.isClosable ? null : `It can be closed from ${inUtc(data.closableFrom)} on`}
        onClick={() => setAsking(true)}
      >
        Close {name}
      </ActionButton>
      {asking && (
        <Dialog
          title={`Close ${name} for good?`}
          confirm={`Close ${name}`}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const outcome = await actOn('ledger-transfers', 'closeMonth', { month: data.month });
            if (outcome.done) {
              addNotice({ message: outcome.answer.notice?.message ?? 'Closed.', type: 'success' });
              await onClosed();
            }
            return outcome;
          }}
        >
          <ul className="lc-consequences">
            <li>Nothing is booked in {name} any more; corrections are booked on the day they are made.</li>
            <li>Its pack can be taken away from then on, the same bytes each time. This cannot be taken back.</li>
            {data.openBefore.length > 0 && (
              <li>
                <b>Still open before it: {data.openBefore.map(monthName).join(', ')}.</b>
              </li>
            )}
          </ul>
        </Dialog>
      )}
    </>
  );
};

export default MonthPage;

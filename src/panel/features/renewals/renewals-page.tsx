import React, { useEffect, useState } from 'react';
import { useSelector } from 'react-redux';
import { useSearchParams } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { tellClockAhead } from '../../shell/status-news.js';
import { useFresh } from '../../lib/api.js';
import { HelpOverlay, type KeyHelp } from '../../ui/help.js';
import { useKeys } from '../../lib/keys.js';
import { Alert, KeysBar, Loading, useTitle } from '../../ui/elements.js';
import { AsItWas } from '../../ui/times.js';
import { formatDollars } from '../../lib/format.js';
import { dayLabel } from '../dashboard/figures.js';
import { Ahead } from './ahead.js';
import { readRenewals, type RenewalsAhead } from './types.js';

const refreshedEveryMs = 10_000;
const keys: KeyHelp[] = [
  [['t'], 'table or chart'],
  [['r'], 'refresh'],
  [['/'], 'search'],
];
const moreKeys: KeyHelp[] = [
  [['Tab', 'Enter'], 'to a partner, and to its days alone'],
  [['?'], 'show these keys'],
];

/** What falls due in the days to come, what will not be covered, and what is past due. */
const RenewalsPage: React.FC = () => {
  useTitle('Renewals');
  const { data, failure, readAt, refresh, amend } = useFresh(readRenewals, refreshedEveryMs);
  const [search, setSearch] = useSearchParams();
  const [helping, setHelping] = useState(false);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const plain = search.get('as') === 'tables';
  useEffect(() => {
    if (data) tellClockAhead(data.clock.aheadMs);
  }, [data]);
  const swap = () => setSearch(plain ? {} : { as: 'tables' }, { replace: true });
  useKeys({ t: swap, r: () => void refresh(), '?': () => setHelping(true) });
  return (
    <main className="lc-page lc-renewals">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Renewals</h1>
          {data && <p>{summaryOf(data)}</p>}
        </div>
        <button type="button" className="lc-btn" onClick={swap}>
          {plain ? 'Show as chart' : 'Show as table'} <kbd aria-hidden="true">t</kbd>
        </button>
      </header>
      {failure && (
        <Alert>
          {data && <AsItWas readAt={readAt} />}
          {failure}{' '}
          <button type="button" className="lc-link" onClick={() => void refresh()}>
            Try again
          </button>
        </Alert>
      )}
      {!data && !failure && (
        <section className="lc-card">
          <Loading what="the renewals" lines={8} />
        </section>
      )}
      {data && (
        <Ahead
          data={data}
          plain={plain}
          resourcesPath={`${rootPath}/resources`}
          onDay={(page) => amend(() => page)}
          onJumped={() => void refresh()}
        />
      )}
      {helping && <HelpOverlay keys={[...keys, ...moreKeys]} onClose={() => setHelping(false)} />}
      <KeysBar keys={[...keys, [['?'], 'all keys']]} />
    </main>
  );
};

function summaryOf({ days, daysAhead }: RenewalsAhead): string {
  const due = days.reduce((sum, { dueCents }) => sum + dueCents, 0);
  const uncovered = days.filter(({ uncoveredCents }) => uncoveredCents > 0);
  if (due === 0) return `Nothing falls due in ${daysAhead} days.`;
  const told = `${formatDollars(due)} falls due in ${daysAhead} days`;
  if (uncovered.length === 0) return `${told}; all of it is covered.`;
  const missing = uncovered.reduce((sum, { uncoveredCents }) => sum + uncoveredCents, 0);
  return `${told}; the wallets do not cover ${formatDollars(missing)} of it, from ${dayLabel(uncovered[0]!.day)} on.`;
}

export default RenewalsPage;

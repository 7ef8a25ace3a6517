import React, { useCallback, useState } from 'react';
import { useSelector } from 'react-redux';
import { useSearchParams } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { useFresh, type Reading } from '../../lib/api.js';
import { HelpOverlay, type KeyHelp } from '../../ui/help.js';
import { useKeys } from '../../lib/keys.js';
import { Alert, KeysBar, Loading, useTitle } from '../../ui/elements.js';
import { AsItWas, clock, inUtc, span, useNow } from '../../ui/times.js';
import { OpenRequests, Revenue, SpeedOfWork } from './cards.js';
import { readFigures } from './figures.js';
import { HeatMap } from './heat-map.js';
import { Tiles } from './tiles.js';

const windows = [7, 30, 90];
const refreshedEveryMs = 60_000;
const readersZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const today = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });

const keys: KeyHelp[] = [
  [['t'], 'tables or charts'],
  [['r'], 'refresh'],
  [['/'], 'search'],
];
const moreKeys: KeyHelp[] = [
  [['Tab', 'Enter'], 'to a tile or a cell, and to its requests'],
  [['?'], 'show these keys'],
];

/** One page for the next shift: what waits, how fast we are, what to warm. */
const DashboardPage: React.FC = () => {
  useTitle('Dashboard');
  const [search, setSearch] = useSearchParams();
  const asked = Number(search.get('days'));
  const days = windows.includes(asked) ? asked : 30;
  const { data, failure, readAt, refresh } = useFresh(
    useCallback((reading: Reading) => readFigures(days, reading), [days]),
    refreshedEveryMs,
  );
  const plain = search.get('as') === 'tables';
  const [helping, setHelping] = useState(false);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const now = useNow();
  const change = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === null) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  const swap = () => change('as', plain ? null : 'tables');
  useKeys({ t: swap, r: () => void refresh(), '?': () => setHelping(true) });
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Shift handover</h1>
          <p title={inUtc(new Date(now).toISOString())}>
            {today.format(now)}, {clock(now)} · {readersZone}
            {data && ` · figures as of ${age(now - readAt)}`}
            {data && data.timeZone !== readersZone && ` · days as in ${data.timeZone}`}
          </p>
        </div>
        <span className="lc-seg" role="group" aria-label="How far back">
          {windows.map((one) => (
            <button key={one} type="button" aria-pressed={one === days} onClick={() => change('days', String(one))}>
              {one} days
            </button>
          ))}
        </span>
        <button type="button" className="lc-btn" onClick={swap}>
          {plain ? 'Show as charts' : 'Show as tables'} <kbd aria-hidden="true">t</kbd>
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
          <Loading what="the figures" lines={10} />
        </section>
      )}
      {data && (
        <div className={data.days === days ? '' : 'lc-stale'} aria-busy={data.days !== days && !failure}>
          <Tiles tiles={data.tiles} queuePath={rootPath} resourcesPath={`${rootPath}/resources`} />
          <div className="lc-grid2">
            <OpenRequests figures={data} plain={plain} />
            <SpeedOfWork figures={data} plain={plain} />
          </div>
          <div className="lc-grid2 wide-left">
            <HeatMap warm={data.warm} queuePath={rootPath} plain={plain} />
            <Revenue figures={data} plain={plain} />
          </div>
        </div>
      )}
      {helping && <HelpOverlay keys={[...keys, ...moreKeys]} onClose={() => setHelping(false)} />}
      <KeysBar keys={[...keys, [['?'], 'all keys']]} />
    </main>
  );
};

function age(ms: number): string {
  return ms < 60_000 ? 'just now' : `${span(ms)} ago`;
}

export default DashboardPage;

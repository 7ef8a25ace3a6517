import React from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import { toBusinessTime } from '../../lib/business-clock.js';
import type { Command } from '../../lib/commands.js';
import { toPageKey } from '../../lib/queries.js';
import { formatAge, formatNow, formatUtc, ownTimeZone } from '../../lib/times.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { CommandBar, CommandButton } from '../../ui/command-bar.js';
import { QueryState } from '../../ui/states.js';
import { searchCommand } from '../search/search-commands.js';
import { OpenRequests, Revenue, SpeedOfWork } from './cards.js';
import { HeatMap } from './heat-map.js';
import { Tiles } from './tiles.js';
import type { DashboardFigures } from './types.js';

const periods = [7, 30, 90];
/** What the next shift has to know: what waits, how fast requests are served, what to warm. */
const DashboardPage: React.FC = () => {
  useTitle('Dashboard');
  const [search, setSearch] = useSearchParams();
  const chosen = Number(search.get('days'));
  const days = periods.includes(chosen) ? chosen : 30;
  const query = useQuery<DashboardFigures>({
    queryKey: toPageKey('dashboard', { days: String(days) }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  const asTables = search.get('as') === 'tables';
  const now = useNow();
  const setParam = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === null) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  const toggleTables: Command = {
    id: 'tables',
    keys: ['t'],
    label: 'tables or charts',
    run: () => setParam('as', asTables ? null : 'tables'),
  };
  const commands: Command[] = [
    toggleTables,
    { id: 'refresh', keys: ['r'], label: 'refresh', run: () => void query.refetch() },
    searchCommand,
    { id: 'follow', keys: ['Tab', 'Enter'], label: 'to a tile or a cell, and to its requests', isHelpOnly: true },
  ];
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Shift handover</h1>
          <p title={formatUtc(new Date(now).toISOString())}>
            {formatNow(now)} · {ownTimeZone}
            {query.data &&
              !query.isPlaceholderData &&
              ` · updated ${formatAge(now - toBusinessTime(query.dataUpdatedAt))}`}
            {query.data && query.data.timeZone !== ownTimeZone && ` · days in ${query.data.timeZone}`}
          </p>
        </div>
        <span className="lc-seg" role="group" aria-label="How far back">
          {periods.map((period) => (
            <button
              key={period}
              type="button"
              aria-pressed={period === days}
              onClick={() => setParam('days', String(period))}
            >
              {period} days
            </button>
          ))}
        </span>
        <CommandButton command={toggleTables}>{asTables ? 'Show as charts' : 'Show as tables'}</CommandButton>
      </header>
      <QueryState query={query} what="the figures" lines={10}>
        {(figures) => (
          <div className={query.isPlaceholderData ? 'lc-stale' : ''} aria-busy={query.isPlaceholderData}>
            <Tiles tiles={figures.tiles} />
            <div className="lc-grid2">
              <OpenRequests figures={figures} asTables={asTables} />
              <SpeedOfWork figures={figures} asTables={asTables} />
            </div>
            <div className="lc-grid2 wide-left">
              <HeatMap warm={figures.warm} asTable={asTables} />
              <Revenue figures={figures} asTables={asTables} />
            </div>
          </div>
        )}
      </QueryState>
      <CommandBar commands={commands} />
    </main>
  );
};

export default DashboardPage;

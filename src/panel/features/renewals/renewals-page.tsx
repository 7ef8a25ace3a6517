import React, { useEffect } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import type { Command } from '../../lib/commands.js';
import { formatDollars } from '../../lib/format.js';
import { toPageKey } from '../../lib/queries.js';
import { updateClockAhead } from '../../lib/service-status.js';
import { formatCalendarDay, ownTimeZone } from '../../lib/times.js';
import { useTitle } from '../../lib/use-title.js';
import { CommandBar, CommandButton } from '../../ui/command-bar.js';
import { QueryState } from '../../ui/states.js';
import { searchCommand } from '../search/search-commands.js';
import { Forecast } from './forecast.js';
import type { RenewalsForecast } from './types.js';

/** What falls due in the days to come, what will not be covered, and what is past due. */
const RenewalsPage: React.FC = () => {
  useTitle('Renewals');
  const query = useQuery<RenewalsForecast>({ queryKey: toPageKey('renewals'), refetchInterval: 10_000 });
  const [search, setSearch] = useSearchParams();
  const asTable = search.get('as') === 'tables';
  const queryClient = useQueryClient();
  const clockAheadMs = query.data?.clock.aheadMs;
  useEffect(() => {
    if (clockAheadMs !== undefined) updateClockAhead(queryClient, clockAheadMs);
  }, [queryClient, clockAheadMs]);

  const toggleTable: Command = {
    id: 'table',
    keys: ['t'],
    label: 'table or chart',
    run: () => setSearch(asTable ? {} : { as: 'tables' }, { replace: true }),
  };
  const commands: Command[] = [
    toggleTable,
    { id: 'refresh', keys: ['r'], label: 'refresh', run: () => void query.refetch() },
    searchCommand,
    { id: 'follow', keys: ['Tab', 'Enter'], label: 'to a partner, and to its own days', isHelpOnly: true },
  ];
  return (
    <main className="lc-page lc-renewals">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Renewals</h1>
          {query.data && (
            <p>
              {summarize(query.data)}
              {query.data.timeZone !== ownTimeZone && ` Days in ${query.data.timeZone}.`}
            </p>
          )}
        </div>
        <CommandButton command={toggleTable}>{asTable ? 'Show as chart' : 'Show as table'}</CommandButton>
      </header>
      <QueryState query={query} what="the renewals" lines={8}>
        {(forecast) => <Forecast forecast={forecast} asTable={asTable} />}
      </QueryState>
      <CommandBar commands={commands} />
    </main>
  );
};

function summarize({ days, daysAhead }: RenewalsForecast): string {
  const dueCents = days.reduce((sum, day) => sum + day.dueCents, 0);
  if (dueCents === 0) return `Nothing falls due in ${daysAhead} days.`;
  const due = `${formatDollars(dueCents)} falls due in ${daysAhead} days`;
  const uncovered = days.filter(({ uncoveredCents }) => uncoveredCents > 0);
  if (uncovered.length === 0) return `${due}; all of it is covered.`;
  const missingCents = uncovered.reduce((sum, { uncoveredCents }) => sum + uncoveredCents, 0);
  const firstDay = formatCalendarDay(uncovered[0]!.day);
  return `${due}; the wallets do not cover ${formatDollars(missingCents)} of it, from ${firstDay} on.`;
}

export default RenewalsPage;

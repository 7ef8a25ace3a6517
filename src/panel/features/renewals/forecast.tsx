import React, { useState } from 'react';
import { formatCount } from '../../lib/format.js';
import { isFinance, useStaff } from '../../lib/staff.js';
import { useNow } from '../../lib/use-now.js';
import { Legend } from '../../ui/charts.js';
import { Alert, Card, Chip } from '../../ui/elements.js';
import { colours, DaysChart } from './days-chart.js';
import { DaysTable } from './days-table.js';
import { DemoClock } from './demo-clock.js';
import { DisconnectedTable } from './disconnected-table.js';
import { PartnersTable } from './partners-table.js';
import { PastDueTable } from './past-due-table.js';
import { fillDays, type RenewalsForecast } from './types.js';
import { Moment } from '../../ui/times.js';

const legend = [
  { name: 'covered', colour: colours.covered },
  { name: 'not covered', colour: colours.uncovered },
];

interface ForecastProps {
  forecast: RenewalsForecast;
  /** Whether the days stand in a table instead of a chart. */
  asTable: boolean;
}

/** Leases that are past due stand first, where there are any. */
export const Forecast: React.FC<ForecastProps> = ({ forecast, asTable }) => {
  const staff = useStaff();
  const now = useNow();
  const { freeze, clock, pastDueCount, disconnected, disconnectedCount, daysAhead } = forecast;
  return (
    <>
      {freeze.frozenAt && (
        <Alert>
          Frozen since <Moment iso={freeze.frozenAt} now={now} /> by <bdi>{freeze.frozenBy}</bdi>:{' '}
          <bdi>{freeze.reason}</bdi>. Renewals that fall due meanwhile are charged after the freeze, and no lease is
          disconnected because of it.
        </Alert>
      )}
      {clock.movable && <DemoClock now={clock.now} mayMove={staff.role === 'admin'} />}
      {pastDueCount > 0 && <PastDueCard forecast={forecast} now={now} />}
      <DueCards forecast={forecast} asTable={asTable} mayTopUp={isFinance(staff)} />
      {pastDueCount === 0 && <PastDueCard forecast={forecast} now={now} />}
      {disconnectedCount > 0 && (
        <Card
          title={
            <>
              Disconnected in the last {daysAhead} days <Chip>{disconnectedCount}</Chip>
            </>
          }
          aside={<CutNotice shown={disconnected.length} total={disconnectedCount} />}
          bare
        >
          <DisconnectedTable leases={disconnected} now={now} />
        </Card>
      )}
    </>
  );
};

/** What falls due, for all partners or for one of them. */
const DueCards: React.FC<ForecastProps & { mayTopUp: boolean }> = ({ forecast, asTable, mayTopUp }) => {
  const [chosenId, setChosenId] = useState<string | null>(null);
  const { partners, partnerCount, daysAhead } = forecast;
  const chosen = partners.find(({ organizationId }) => organizationId === chosenId);
  const days = chosen ? fillDays(chosen.days, forecast.days) : forecast.days;
  const whose = chosen ? chosen.partner : 'all partners';
  const uncoveredDays = days.filter(({ uncoveredCents }) => uncoveredCents > 0).length;
  const label = `What falls due on each of ${days.length} days for ${whose}; ${formatCount(uncoveredDays, 'day')} not covered`;
  return (
    <>
      <Card
        title={`Due in ${daysAhead} days · ${whose}`}
        aside={
          <>
            {chosen && (
              <button type="button" className="lc-link" onClick={() => setChosenId(null)}>
                All partners
              </button>
            )}
            {!asTable && <Legend series={legend} />}
          </>
        }
      >
        {asTable ? (
          <DaysTable label={label} days={days} partners={chosen ? [chosen] : partners} />
        ) : (
          <DaysChart label={label} days={days} />
        )}
      </Card>
      <Card title="By partner" aside={<CutNotice shown={partners.length} total={partnerCount} />} bare>
        <PartnersTable
          partners={partners}
          days={forecast.days}
          mayTopUp={mayTopUp}
          chosenId={chosenId}
          onChoose={setChosenId}
        />
      </Card>
    </>
  );
};

const PastDueCard: React.FC<{ forecast: RenewalsForecast; now: number }> = ({ forecast, now }) => {
  const { pastDue, pastDueCount } = forecast;
  return (
    <Card
      title={
        <>
          Past due <Chip tone={pastDueCount > 0 ? 'bad' : ''}>{pastDueCount}</Chip>
        </>
      }
      aside={<CutNotice shown={pastDue.length} total={pastDueCount} />}
      bare
    >
      <PastDueTable leases={pastDue} now={now} />
    </Card>
  );
};

const CutNotice: React.FC<{ shown: number; total: number }> = ({ shown, total }) =>
  total > shown ? <span className="lc-faint">first {shown}</span> : null;

import React, { useState } from 'react';
import { useSelector } from 'react-redux';
import type { ReduxState } from 'adminjs';
import { Legend } from '../dashboard/charts.js';
import { useFresh } from '../kit/api.js';
import { Alert, Card, Loading, useTitle } from '../kit/parts.js';
import { useStaff } from '../kit/staff.js';
import { inUtc } from '../kit/times.js';
import { dollars, howMany } from '../kit/words.js';
import { colours, DaysChart } from './days-chart.js';
import { DemoClock } from './demo-clock.js';
import { PartnersAhead } from './partners-ahead.js';
import { PastDue } from './past-due.js';
import { readRenewals, type DayAhead, type RenewalsAhead } from './shapes.js';

const refreshedEveryMs = 10_000;
const legend = [
  { name: 'covered', colour: colours.covered },
  { name: 'not covered', colour: colours.uncovered },
];

/** What falls due in the days to come, what will not be covered, and what is past due. */
const RenewalsPage: React.FC = () => {
  useTitle('Renewals');
  const { data, failure, refresh } = useFresh(readRenewals, refreshedEveryMs);
  return (
    <main className="lc-page lc-renewals">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Renewals</h1>
          {data && <p>{summaryOf(data)}</p>}
        </div>
      </header>
      {failure && (
        <Alert>
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
      {data && <Ahead data={data} onMoved={() => void refresh()} />}
    </main>
  );
};

const Ahead: React.FC<{ data: RenewalsAhead; onMoved: () => void }> = ({ data, onMoved }) => {
  const { role } = useStaff();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = data.partners.find(({ organizationId }) => organizationId === chosenId);
  const days = chosen ? daysOf(chosen.days, data.days) : data.days;
  const resourcesPath = `${rootPath}/resources`;
  const whose = chosen ? chosen.partner : 'all partners';
  return (
    <>
      {data.freeze.frozenAt && (
        <Alert>
          Money is frozen since {inUtc(data.freeze.frozenAt)} by {data.freeze.frozenBy}: {data.freeze.reason}. Nothing
          is assigned, renewed or refunded.
        </Alert>
      )}
      {data.clock.movable && role === 'admin' && <DemoClock now={data.clock.now} onMoved={onMoved} />}
      <Card title={`Due in ${data.daysAhead} days · ${whose}`} aside={<Legend series={legend} />}>
        <DaysChart
          label={`What falls due on each of ${days.length} days for ${whose}; ${howMany(days.filter(isUncovered).length, 'day')} not covered`}
          days={days}
        />
      </Card>
      <Card
        title="By partner"
        aside={data.partnerCount > data.partners.length && <span>the first {data.partners.length}</span>}
        bare
      >
        <PartnersAhead
          partners={data.partners}
          chosenId={chosenId}
          onChoose={setChosenId}
          resourcesPath={resourcesPath}
        />
      </Card>
      <Card
        title={`Past due · ${data.pastDueCount}`}
        aside={data.pastDueCount > data.pastDue.length && <span>the first {data.pastDue.length}</span>}
        bare
      >
        <PastDue leases={data.pastDue} now={Date.parse(data.clock.now)} resourcesPath={resourcesPath} />
      </Card>
    </>
  );
};

/** A partner's days among all of them. */
function daysOf(own: DayAhead[], all: DayAhead[]): DayAhead[] {
  const byDay = new Map(own.map((day) => [day.day, day]));
  return all.map(({ day }) => byDay.get(day) ?? { day, renewals: 0, dueCents: 0, uncoveredCents: 0 });
}

function isUncovered({ uncoveredCents }: DayAhead): boolean {
  return uncoveredCents > 0;
}

function summaryOf({ days, daysAhead }: RenewalsAhead): string {
  const due = days.reduce((sum, { dueCents }) => sum + dueCents, 0);
  const uncovered = days.reduce((sum, { uncoveredCents }) => sum + uncoveredCents, 0);
  const told = `${dollars(due)} falls due in ${daysAhead} days`;
  return uncovered > 0
    ? `${told}; the wallets do not cover ${dollars(uncovered)} of it.`
    : `${told}; all of it is covered.`;
}

export default RenewalsPage;

import React, { useState } from 'react';
import { Legend } from '../dashboard/charts.js';
import { Alert, Card, Chip } from '../../ui/elements.js';
import { useStaff } from '../../lib/staff.js';
import { inUtc, useNow } from '../../ui/times.js';
import { howMany } from '../../lib/format.js';
import { colours, DaysChart } from './days-chart.js';
import { DaysTable } from './days-table.js';
import { DemoClock } from './demo-clock.js';
import { Disconnected } from './disconnected.js';
import { PartnersAhead } from './partners-ahead.js';
import { PastDue } from './past-due.js';
import { daysOf, type RenewalsAhead } from './types.js';

const legend = [
  { name: 'covered', colour: colours.covered },
  { name: 'not covered', colour: colours.uncovered },
];

interface AheadProps {
  data: RenewalsAhead;
  /** Whether figures stand in a table instead of a chart. */
  plain: boolean;
  resourcesPath: string;
  onDay: (page: RenewalsAhead) => void;
  onJumped: () => void;
}

/** The page of renewals, once it is read: trouble that is there comes before trouble to come. */
export const Ahead: React.FC<AheadProps> = ({ data, plain, resourcesPath, onDay, onJumped }) => {
  const { role } = useStaff();
  const now = useNow();
  const { freeze, clock } = data;
  return (
    <>
      {freeze.frozenAt && (
        <Alert>
          Frozen since {inUtc(freeze.frozenAt)} by {freeze.frozenBy}: {freeze.reason}. What falls due meanwhile is
          charged when money flows again, and nobody is disconnected for those days.
        </Alert>
      )}
      {clock.movable && <DemoClock now={clock.now} mayMove={role === 'admin'} onDay={onDay} onJumped={onJumped} />}
      {data.pastDueCount > 0 && <PastDueCard data={data} now={now} resourcesPath={resourcesPath} />}
      <Due data={data} plain={plain} mayTopUp={role === 'finance' || role === 'admin'} resourcesPath={resourcesPath} />
      {data.pastDueCount === 0 && <PastDueCard data={data} now={now} resourcesPath={resourcesPath} />}
      {data.disconnectedCount > 0 && (
        <Card
          title={
            <>
              Disconnected in the last {data.daysAhead} days <Chip>{data.disconnectedCount}</Chip>
            </>
          }
          aside={<First shown={data.disconnected.length} of={data.disconnectedCount} />}
          bare
        >
          <Disconnected leases={data.disconnected} now={now} resourcesPath={resourcesPath} />
        </Card>
      )}
    </>
  );
};

/** What is to come, for all partners or for one of them. */
const Due: React.FC<{ data: RenewalsAhead; plain: boolean; mayTopUp: boolean; resourcesPath: string }> = (props) => {
  const { data, plain, mayTopUp, resourcesPath } = props;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = data.partners.find(({ organizationId }) => organizationId === chosenId);
  const days = chosen ? daysOf(chosen.days, data.days) : data.days;
  const whose = chosen ? chosen.partner : 'all partners';
  const uncovered = days.filter(({ uncoveredCents }) => uncoveredCents > 0).length;
  const label = `What falls due on each of ${days.length} days for ${whose}; ${howMany(uncovered, 'day')} not covered`;
  return (
    <>
      <Card
        title={`Due in ${data.daysAhead} days · ${whose}`}
        aside={
          <>
            {chosen && (
              <button type="button" className="lc-link" onClick={() => setChosenId(null)}>
                All partners
              </button>
            )}
            {!plain && <Legend series={legend} />}
          </>
        }
      >
        {plain ? (
          <DaysTable label={label} days={days} partners={chosen ? [chosen] : data.partners} />
        ) : (
          <DaysChart label={label} days={days} />
        )}
      </Card>
      <Card title="By partner" aside={<First shown={data.partners.length} of={data.partnerCount} />} bare>
        <PartnersAhead
          partners={data.partners}
          days={data.days}
          mayTopUp={mayTopUp}
          chosenId={chosenId}
          onChoose={setChosenId}
          resourcesPath={resourcesPath}
        />
      </Card>
    </>
  );
};

const PastDueCard: React.FC<{ data: RenewalsAhead; now: number; resourcesPath: string }> = (props) => {
  const { data, now, resourcesPath } = props;
  return (
    <Card
      title={
        <>
          Past due <Chip tone={data.pastDueCount > 0 ? 'bad' : ''}>{data.pastDueCount}</Chip>
        </>
      }
      aside={<First shown={data.pastDue.length} of={data.pastDueCount} />}
      bare
    >
      <PastDue leases={data.pastDue} now={now} resourcesPath={resourcesPath} />
    </Card>
  );
};

const First: React.FC<{ shown: number; of: number }> = ({ shown, of }) =>
  of > shown ? <span className="lc-faint">the first {shown}</span> : null;

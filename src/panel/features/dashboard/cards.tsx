import React from 'react';
import { Card } from '../../ui/elements.js';
import { span } from '../../ui/times.js';
import { formatDollars, howMany } from '../../lib/format.js';
import { BarChart, Legend, LineChart, type Series } from './charts.js';
import { dayLabel, hours, monthLabel, type Figures, type Speed } from './figures.js';

const hourMs = 3_600_000;

interface PartProps {
  figures: Figures;
  plain: boolean;
}

export const OpenRequests: React.FC<PartProps> = ({ figures: { depth }, plain }) => {
  const series: Series[] = [
    { name: 'open', colour: '#3040d6', values: depth.map((day) => day.open), filled: true },
    { name: 'overdue', colour: '#b00010', values: depth.map((day) => day.overdue) },
  ];
  const last = depth.at(-1);
  return (
    <Card title="Open requests" aside={!plain && <Legend series={series} />}>
      {plain ? (
        <FigureTable
          label="Open and overdue requests at the end of each day"
          heads={['Day', 'Open', 'Overdue']}
          rows={depth.map(({ day, open, overdue }) => [dayLabel(day), open, overdue])}
        />
      ) : (
        <LineChart
          label={`Open requests at the end of each of ${depth.length} days; today ${last?.open ?? 0}, of them ${last?.overdue ?? 0} overdue`}
          series={series}
          labels={depth.map(({ day }) => dayLabel(day))}
          format={String}
        />
      )}
    </Card>
  );
};

export const SpeedOfWork: React.FC<PartProps> = ({ figures: { speed }, plain }) => {
  const inHours = (value: number | null) => (value === null ? null : value / hourMs);
  const series: Series[] = [
    { name: 'first, median', colour: '#2a8f91', values: speed.days.map((day) => inHours(day.firstMedianMs)) },
    { name: 'first, 95 %', colour: '#8fc4c5', values: speed.days.map((day) => inHours(day.firstP95Ms)) },
    { name: 'close, median', colour: '#3040d6', values: speed.days.map((day) => inHours(day.closeMedianMs)) },
    { name: 'close, 95 %', colour: '#a9aeb6', values: speed.days.map((day) => inHours(day.closeP95Ms)) },
  ];
  return (
    <Card title="Hours to first assignment, and to close">
      <SpeedInShort whole={speed.whole} days={speed.days.length} />
      {!plain && <Legend series={series} />}
      {plain ? (
        <FigureTable
          label="Hours to the first assignment and to the close, by day"
          heads={['Day', 'First: requests', 'median', '95 %', 'Closed: requests', 'median', '95 %']}
          rows={speed.days.map((day) => [
            dayLabel(day.day),
            day.firsts,
            hours(day.firstMedianMs),
            hours(day.firstP95Ms),
            day.closed,
            hours(day.closeMedianMs),
            hours(day.closeP95Ms),
          ])}
        />
      ) : (
        <LineChart
          label="Hours from submission to the first assignment and to the close: median and 95th percentile of each day"
          series={series}
          labels={speed.days.map(({ day }) => dayLabel(day))}
          format={(value) => `${value} h`}
        />
      )}
      <p className="lc-faint">
        Paused time (waiting for clarification, or for money) is left out. {pausedInWords(speed.pausedMs)} Requests that
        are still open and paused count once they get their first account or are closed.
      </p>
    </Card>
  );
};

function pausedInWords(ms: number): string {
  if (ms <= 0) return 'None of the requests closed in these days stood paused.';
  return `The requests closed in these days stood paused for ${ms < hourMs ? span(ms) : hours(ms)} in all.`;
}

/** The figures of all the days together, in words. */
const SpeedInShort: React.FC<{ whole: Speed; days: number }> = ({ whole, days }) => {
  const part = (what: string, count: number, median: number | null, p95: number | null) => (
    <>
      <dt>{what}</dt>
      <dd>
        {count === 0 ? (
          'none'
        ) : (
          <>
            median <b>{hours(median)}</b>, 95 % within <b>{hours(p95)}</b>
          </>
        )}
        <span className="lc-faint"> · {howMany(count, 'request')}</span>
      </dd>
    </>
  );
  return (
    <dl className="lc-speed" aria-label={`All ${days} days together`}>
      {part('First assignment', whole.firsts, whole.firstMedianMs, whole.firstP95Ms)}
      {part('Close', whole.closed, whole.closeMedianMs, whole.closeP95Ms)}
    </dl>
  );
};

export const Revenue: React.FC<PartProps> = ({ figures: { months, tiles }, plain }) => {
  const letters = months.map(({ month }) => monthLabel(month).charAt(0));
  const thisMonth = months.at(-1);
  return (
    <Card
      title="Live leases and monthly revenue"
      aside={
        <b className="lc-nowrap">
          {howMany(tiles.leases.live, 'lease')} · {formatDollars(tiles.leases.monthlyCents)} a month
        </b>
      }
    >
      {plain ? (
        <FigureTable
          label="Live leases at the end of each month, and what was booked in it"
          heads={['Month', 'Live leases', 'Revenue booked']}
          rows={months.map(({ month, activeLeases, revenueCents }) => [
            monthLabel(month),
            activeLeases.toLocaleString('en-US'),
            formatDollars(revenueCents),
          ])}
        />
      ) : (
        <>
          <h3 className="lc-chart-title">Live leases at the end of the month</h3>
          <BarChart
            label={`Live leases at the end of each of twelve months; now ${tiles.leases.live}`}
            values={months.map(({ activeLeases }) => activeLeases)}
            labels={letters}
            titles={months.map(({ month, activeLeases }) => `${monthLabel(month)}: ${howMany(activeLeases, 'lease')}`)}
            format={(value) => value.toLocaleString('en-US')}
          />
          <h3 className="lc-chart-title">Revenue booked in the month</h3>
          <BarChart
            label={`Revenue booked in each of twelve months; ${formatDollars(thisMonth?.revenueCents ?? 0)} in the current one so far`}
            values={months.map(({ revenueCents }) => revenueCents / 100)}
            labels={letters}
            titles={months.map(({ month, revenueCents }) => `${monthLabel(month)}: ${formatDollars(revenueCents)}`)}
            format={(value) => `$${value.toLocaleString('en-US', { notation: 'compact' })}`}
          />
        </>
      )}
    </Card>
  );
};

/** The same figures as a chart's, newest first. */
const FigureTable: React.FC<{ label: string; heads: string[]; rows: (string | number)[][] }> = (props) => (
  <div className="lc-scroll lc-figure-table" tabIndex={0} role="region" aria-label={props.label}>
    <table className="lc-table">
      <thead>
        <tr>
          {props.heads.map((head, column) => (
            <th key={`${head} ${column}`} scope="col" className={column === 0 ? '' : 'lc-num'}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...props.rows].reverse().map(([first, ...rest]) => (
          <tr key={first}>
            <th scope="row">{first}</th>
            {rest.map((value, column) => (
              <td key={column} className="lc-num">
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

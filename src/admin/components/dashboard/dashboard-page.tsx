import React, { useCallback, useState } from 'react';
import { useSelector } from 'react-redux';
import { useSearchParams } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { useFresh, type Reading } from '../kit/api.js';
import { Alert, Card, Loading, useTitle } from '../kit/parts.js';
import { clock, inUtc, span, useNow } from '../kit/times.js';
import { dollars } from '../kit/words.js';
import { BarChart, Legend, LineChart, type Series } from './charts.js';
import { dayLabel, hours, monthLabel, readFigures, type Figures } from './figures.js';
import { HeatMap } from './heat-map.js';
import { Tiles } from './tiles.js';

const windows = [7, 30, 90];
const hourMs = 3_600_000;
const refreshedEveryMs = 60_000;
const today = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });

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
  const [plain, setPlain] = useState(false);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const now = useNow();
  return (
    <main className="lc-page">
      <header className="lc-head">
        <div className="lc-grow">
          <h1>Shift handover</h1>
          <p title={inUtc(new Date(now).toISOString())}>
            {today.format(now)}, {clock(now)} · {Intl.DateTimeFormat().resolvedOptions().timeZone}
            {data && ` · figures as of ${age(now - readAt)}`}
          </p>
        </div>
        <span className="lc-seg" role="group" aria-label="How far back">
          {windows.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === days}
              onClick={() => setSearch({ days: String(one) }, { replace: true })}
            >
              {one} days
            </button>
          ))}
        </span>
        <button type="button" className="lc-btn" aria-pressed={plain} onClick={() => setPlain(!plain)}>
          {plain ? 'Show as charts' : 'Show as tables'}
        </button>
      </header>
      {failure && (
        <Alert>
          {data ? `As it was at ${clock(readAt)}. ` : ''}
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
        <div className={data.days === days ? '' : 'lc-stale'}>
          <Tiles tiles={data.tiles} queuePath={rootPath} resourcesPath={`${rootPath}/resources`} />
          <div className="lc-grid2">
            <OpenRequests figures={data} plain={plain} />
            <Speed figures={data} plain={plain} />
          </div>
          <div className="lc-grid2 wide-left">
            <HeatMap warm={data.warm} queuePath={rootPath} plain={plain} />
            <Revenue figures={data} plain={plain} />
          </div>
        </div>
      )}
    </main>
  );
};

function age(ms: number): string {
  return ms < 60_000 ? 'just now' : `${span(ms)} ago`;
}

interface PartProps {
  figures: Figures;
  plain: boolean;
}

const OpenRequests: React.FC<PartProps> = ({ figures: { depth }, plain }) => {
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

const Speed: React.FC<PartProps> = ({ figures: { speed }, plain }) => {
  const inHours = (value: number | null) => (value === null ? null : value / hourMs);
  const series: Series[] = [
    { name: 'first, median', colour: '#2a8f91', values: speed.days.map((day) => inHours(day.firstMedianMs)) },
    { name: 'first, 95 %', colour: '#8fc4c5', values: speed.days.map((day) => inHours(day.firstP95Ms)) },
    { name: 'close, median', colour: '#3040d6', values: speed.days.map((day) => inHours(day.closeMedianMs)) },
    { name: 'close, 95 %', colour: '#a9aeb6', values: speed.days.map((day) => inHours(day.closeP95Ms)) },
  ];
  return (
    <Card title="Hours to first assignment, and to close" aside={!plain && <Legend series={series} />}>
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
        Paused time left out (clarification, wallet):{' '}
        {speed.pausedMs < hourMs ? span(speed.pausedMs) : hours(speed.pausedMs)} in this window.
      </p>
    </Card>
  );
};

const Revenue: React.FC<PartProps> = ({ figures: { months, tiles }, plain }) => (
  <Card
    title="Live leases and monthly revenue"
    aside={
      <b className="lc-nowrap">
        {tiles.leases.live.toLocaleString('en-US')} leases · {dollars(tiles.leases.monthlyCents)}
      </b>
    }
  >
    {plain ? (
      <FigureTable
        label="Live leases at the end of each month, and what was booked in it"
        heads={['Month', 'Live leases', 'Revenue']}
        rows={months.map(({ month, activeLeases, revenueCents }) => [
          monthLabel(month),
          activeLeases,
          dollars(revenueCents),
        ])}
      />
    ) : (
      <BarChart
        label={`Live leases at the end of each of twelve months; now ${tiles.leases.live}`}
        values={months.map(({ activeLeases }) => activeLeases)}
        labels={months.map(({ month }) => monthLabel(month).charAt(0))}
        titles={months.map(
          ({ month, activeLeases, revenueCents }) =>
            `${monthLabel(month)}: ${activeLeases} leases, ${dollars(revenueCents)}`,
        )}
      />
    )}
  </Card>
);

/** The same figures as a chart's, newest first. */
const FigureTable: React.FC<{ label: string; heads: string[]; rows: (string | number)[][] }> = (props) => (
  <div className="lc-scroll lc-figures" tabIndex={0} role="region" aria-label={props.label}>
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

export default DashboardPage;

import React, { type ReactNode } from 'react';
import { formatCount, formatDollars, formatNumber } from '../../lib/format.js';
import { formatCalendarDay, formatDuration, formatMonth } from '../../lib/times.js';
import { BarChart, formatAxisDollars, Legend, LineChart, type Series } from '../../ui/charts.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Card } from '../../ui/elements.js';
import { ScrollRegion } from '../../ui/scroll-region.js';
import { formatHours } from './format-hours.js';
import type { DashboardFigures, Speed } from './types.js';

const HOUR_MS = 3_600_000;

interface FiguresProps {
  figures: DashboardFigures;
  asTables: boolean;
}

export const OpenRequests: React.FC<FiguresProps> = ({ figures: { depth }, asTables }) => {
  const series: Series[] = [
    { name: 'open', colour: '#3040d6', values: depth.map((day) => day.open), isFilled: true },
    { name: 'overdue', colour: '#b00010', values: depth.map((day) => day.overdue) },
  ];
  const last = depth.at(-1);
  return (
    <Card title="Open requests" aside={!asTables && <Legend series={series} />}>
      {asTables ? (
        <FigureTable
          label="Open and overdue requests at the end of each day"
          rows={depth}
          columns={[
            ['Day', ({ day }) => formatCalendarDay(day)],
            ['Open', ({ open }) => open],
            ['Overdue', ({ overdue }) => overdue],
          ]}
        />
      ) : (
        <LineChart
          label={`Open requests at the end of each of ${depth.length} days; today ${last?.open ?? 0}, of them ${last?.overdue ?? 0} overdue`}
          series={series}
          labels={depth.map(({ day }) => formatCalendarDay(day))}
          format={String}
        />
      )}
    </Card>
  );
};

export const SpeedOfWork: React.FC<FiguresProps> = ({ figures: { speed }, asTables }) => {
  const toHours = (ms: number | null) => (ms === null ? null : ms / HOUR_MS);
  const series: Series[] = [
    { name: 'first, median', colour: '#2a8f91', values: speed.days.map((day) => toHours(day.firstMedianMs)) },
    { name: 'first, 95 %', colour: '#8fc4c5', values: speed.days.map((day) => toHours(day.firstP95Ms)) },
    { name: 'close, median', colour: '#3040d6', values: speed.days.map((day) => toHours(day.closeMedianMs)) },
    { name: 'close, 95 %', colour: '#a9aeb6', values: speed.days.map((day) => toHours(day.closeP95Ms)) },
  ];
  return (
    <Card title="Hours to first assignment, and to close">
      <SpeedSummary whole={speed.whole} days={speed.days.length} />
      {!asTables && <Legend series={series} />}
      {asTables ? (
        <FigureTable
          label="Hours to the first assignment and to the close, by day"
          rows={speed.days}
          columns={[
            ['Day', ({ day }) => formatCalendarDay(day)],
            ['First: requests', ({ firsts }) => firsts],
            ['median', ({ firstMedianMs }) => formatHours(firstMedianMs)],
            ['95 %', ({ firstP95Ms }) => formatHours(firstP95Ms)],
            ['Closed: requests', ({ closed }) => closed],
            ['median', ({ closeMedianMs }) => formatHours(closeMedianMs)],
            ['95 %', ({ closeP95Ms }) => formatHours(closeP95Ms)],
          ]}
        />
      ) : (
        <LineChart
          label="Hours from submission to the first assignment and to the close: median and 95th percentile of each day"
          series={series}
          labels={speed.days.map(({ day }) => formatCalendarDay(day))}
          format={(value) => `${value} h`}
        />
      )}
      <p className="lc-faint">
        Paused time (waiting for clarification or for money) is not counted. {describePaused(speed.pausedMs)} Requests
        that are still open and paused count once they get their first account or are closed.
      </p>
    </Card>
  );
};

function describePaused(ms: number): string {
  if (ms <= 0) return 'None of the requests closed in this period were paused.';
  return `The requests closed in this period were paused for ${ms < HOUR_MS ? formatDuration(ms) : formatHours(ms)} in total.`;
}

/** The figures of all the days together. */
const SpeedSummary: React.FC<{ whole: Speed; days: number }> = ({ whole, days }) => {
  const toEntry = (what: string, count: number, median: number | null, p95: number | null) => (
    <>
      <dt>{what}</dt>
      <dd>
        {count === 0 ? (
          'none'
        ) : (
          <>
            median <b>{formatHours(median)}</b>, 95 % within <b>{formatHours(p95)}</b>
          </>
        )}
        <span className="lc-faint"> · {formatCount(count, 'request')}</span>
      </dd>
    </>
  );
  return (
    <dl className="lc-speed" aria-label={`All ${days} days`}>
      {toEntry('First assignment', whole.firsts, whole.firstMedianMs, whole.firstP95Ms)}
      {toEntry('Close', whole.closed, whole.closeMedianMs, whole.closeP95Ms)}
    </dl>
  );
};

export const Revenue: React.FC<FiguresProps> = ({ figures: { months, tiles }, asTables }) => {
  const letters = months.map(({ month }) => formatMonth(month).charAt(0));
  const thisMonth = months.at(-1);
  return (
    <Card
      title="Live leases and monthly revenue"
      aside={
        <b className="lc-nowrap">
          {formatCount(tiles.leases.live, 'lease')} · {formatDollars(tiles.leases.monthlyCents)} a month
        </b>
      }
    >
      {asTables ? (
        <FigureTable
          label="Live leases at the end of each month, and what was booked in it"
          rows={months}
          columns={[
            ['Month', ({ month }) => formatMonth(month)],
            ['Live leases', ({ activeLeases }) => formatNumber(activeLeases)],
            ['Revenue booked', ({ revenueCents }) => formatDollars(revenueCents)],
          ]}
        />
      ) : (
        <>
          <h3 className="lc-chart-title">Live leases at the end of the month</h3>
          <BarChart
            label={`Live leases at the end of each of twelve months; now ${tiles.leases.live}`}
            values={months.map(({ activeLeases }) => activeLeases)}
            labels={letters}
            titles={months.map(
              ({ month, activeLeases }) => `${formatMonth(month)}: ${formatCount(activeLeases, 'lease')}`,
            )}
            format={formatNumber}
          />
          <h3 className="lc-chart-title">Revenue booked in the month</h3>
          <BarChart
            label={`Revenue booked in each of twelve months; ${formatDollars(thisMonth?.revenueCents ?? 0)} in the current one so far`}
            values={months.map(({ revenueCents }) => revenueCents / 100)}
            labels={letters}
            titles={months.map(({ month, revenueCents }) => `${formatMonth(month)}: ${formatDollars(revenueCents)}`)}
            format={formatAxisDollars}
          />
        </>
      )}
    </Card>
  );
};

interface FigureTableProps<Row> {
  label: string;
  rows: Row[];
  columns: [header: string, cell: (row: Row) => ReactNode][];
}

/** The figures of a chart, newest first. */
function FigureTable<Row>({ label, rows, columns }: FigureTableProps<Row>) {
  return (
    <ScrollRegion label={label} className="lc-figure-table">
      <DataTable
        label={label}
        scrolls={false}
        rows={[...rows].reverse()}
        getRowKey={(_row, index) => index}
        columns={columns.map(([header, cell], index): Column<Row> => ({
          id: `${header} ${index}`,
          header,
          cell,
          isRowHeader: index === 0,
          isNumber: index > 0,
        }))}
      />
    </ScrollRegion>
  );
}

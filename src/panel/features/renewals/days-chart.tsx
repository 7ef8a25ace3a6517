import React from 'react';
import { formatDollars, formatCount } from '../../lib/format.js';
import { formatCalendarDay } from '../../lib/times.js';
import { formatAxisDollars } from '../../ui/charts.js';
import type { DayForecast } from './types.js';

const width = 960;
const height = 168;
const left = 52;
const right = 8;
const top = 12;
const bottom = 26;

export const colours = { covered: '#3040d6', uncovered: '#b00010' };

/** What falls due by day, and in red the part that is not covered. */
export const DaysChart: React.FC<{ label: string; days: DayForecast[] }> = ({ label, days }) => {
  const maxCents = Math.max(1, ...days.map(({ dueCents }) => dueCents));
  const slot = (width - left - right) / days.length;
  const y = (cents: number) => height - bottom - (cents / maxCents) * (height - top - bottom);
  return (
    <svg className="lc-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {[0, maxCents / 2, maxCents].map((cents) => (
        <g key={cents}>
          <line x1={left} x2={width - right} y1={y(cents)} y2={y(cents)} stroke="#eceef1" />
          <text x={left - 8} y={y(cents) + 4} textAnchor="end">
            {formatAxisDollars(cents / 100)}
          </text>
        </g>
      ))}
      {days.map(({ day, renewals, dueCents, uncoveredCents }, index) => (
        <g key={day}>
          <Column
            x={left + index * slot}
            slot={slot}
            from={y(dueCents)}
            to={y(uncoveredCents)}
            fill={colours.covered}
          />
          <Column x={left + index * slot} slot={slot} from={y(uncoveredCents)} to={y(0)} fill={colours.uncovered} />
          {index % 5 === 0 && (
            <text x={left + (index + 0.5) * slot} y={height - 8} textAnchor="middle">
              {formatCalendarDay(day)}
            </text>
          )}
          <rect className="lc-chart-day" x={left + index * slot} y={top} width={slot} height={height - top - bottom}>
            <title>{formatTooltip(day, renewals, dueCents, uncoveredCents)}</title>
          </rect>
        </g>
      ))}
    </svg>
  );
};

const Column: React.FC<{ x: number; slot: number; from: number; to: number; fill: string }> = (props) => {
  const { x, slot, from, to, fill } = props;
  if (to - from <= 0) return null;
  return <rect x={x + slot * 0.16} width={slot * 0.68} y={from} height={to - from} fill={fill} />;
};

function formatTooltip(day: string, renewals: number, dueCents: number, uncoveredCents: number): string {
  const due = `${formatCalendarDay(day)}: ${formatCount(renewals, 'renewal')}, ${formatDollars(dueCents)}`;
  return uncoveredCents > 0 ? `${due}\nnot covered: ${formatDollars(uncoveredCents)}` : due;
}

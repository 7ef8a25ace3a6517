import React from 'react';
import { colours } from './days-chart.js';
import type { DayForecast } from './types.js';

const barWidth = 4;
const height = 22;

/** One partner's days, relative to its largest one. */
export const Sparkline: React.FC<{ days: DayForecast[] }> = ({ days }) => {
  const maxCents = Math.max(1, ...days.map(({ dueCents }) => dueCents));
  const toHeight = (cents: number) => (cents / maxCents) * (height - 2);
  return (
    <svg className="lc-spark" width={days.length * barWidth} height={height} aria-hidden="true">
      <rect y={height - 1} width={days.length * barWidth} height={1} fill="#e2e5ea" />
      {days.map(({ day, dueCents, uncoveredCents }, index) => (
        <g key={day} transform={`translate(${index * barWidth + 0.5} 0)`}>
          <rect
            y={height - toHeight(dueCents)}
            width={barWidth - 1}
            height={toHeight(dueCents)}
            fill={colours.covered}
          />
          <rect
            y={height - toHeight(uncoveredCents)}
            width={barWidth - 1}
            height={toHeight(uncoveredCents)}
            fill={colours.uncovered}
          />
        </g>
      ))}
    </svg>
  );
};

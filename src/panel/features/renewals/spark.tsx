import React from 'react';
import { colours } from './days-chart.js';
import type { DayAhead } from './types.js';

const bar = 4;
const height = 22;

/** One partner's days, each as high as its share of the partner's most expensive one. */
export const Spark: React.FC<{ days: DayAhead[] }> = ({ days }) => {
  const most = Math.max(1, ...days.map(({ dueCents }) => dueCents));
  const high = (cents: number) => (cents / most) * (height - 2);
  return (
    <svg className="lc-spark" width={days.length * bar} height={height} aria-hidden="true">
      <rect y={height - 1} width={days.length * bar} height={1} fill="#e2e5ea" />
      {days.map(({ day, dueCents, uncoveredCents }, index) => (
        <g key={day} transform={`translate(${index * bar + 0.5} 0)`}>
          <rect y={height - high(dueCents)} width={bar - 1} height={high(dueCents)} fill={colours.covered} />
          <rect
            y={height - high(uncoveredCents)}
            width={bar - 1}
            height={high(uncoveredCents)}
            fill={colours.uncovered}
          />
        </g>
      ))}
    </svg>
  );
};

import React from 'react';
import { dayLabel } from '../dashboard/figures.js';
import { Empty } from '../../ui/elements.js';
import { formatDollars } from '../../lib/format.js';
import type { DayAhead, PartnerAhead } from './types.js';

const heads = ['Renewals', 'Due', 'Not covered'];
const MOST_NAMED = 4;

/** The chart's figures: each day that has renewals, and whose they are. */
export const DaysTable: React.FC<{ label: string; days: DayAhead[]; partners: PartnerAhead[] }> = (props) => {
  const days = props.days.filter(({ renewals }) => renewals > 0);
  if (days.length === 0) return <Empty title="Nothing falls due in these days." />;
  return (
    <div className="lc-scroll lc-figure-table" tabIndex={0} role="region" aria-label={props.label}>
      <table className="lc-table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {heads.map((head) => (
              <th key={head} scope="col" className="lc-num">
                {head}
              </th>
            ))}
            <th scope="col">Whose</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, renewals, dueCents, uncoveredCents }) => (
            <tr key={day}>
              <th scope="row">{dayLabel(day)}</th>
              <td className="lc-num">{renewals}</td>
              <td className="lc-num">{formatDollars(dueCents)}</td>
              <td className="lc-num">{uncoveredCents > 0 ? <b>{formatDollars(uncoveredCents)}</b> : '—'}</td>
              <td className="lc-muted">{whose(props.partners, day)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** `Kilo & Co $450.00, Quinn Coffee $150.00 and 3 more`, the largest first. */
function whose(partners: PartnerAhead[], day: string): string {
  const parts = partners
    .flatMap(({ partner, days }) =>
      days.filter((own) => own.day === day).map(({ dueCents }) => ({ partner, dueCents })),
    )
    .sort((a, b) => b.dueCents - a.dueCents);
  const named = parts.slice(0, MOST_NAMED).map(({ partner, dueCents }) => `${partner} ${formatDollars(dueCents)}`);
  const more = parts.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

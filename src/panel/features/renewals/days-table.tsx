import React from 'react';
import { sentence } from '../../../core/sentence.js';
import { formatDollars } from '../../lib/format.js';
import { formatCalendarDay } from '../../lib/times.js';
import { DataTable } from '../../ui/data-table.js';
import { ScrollRegion } from '../../ui/scroll-region.js';
import { EmptyState } from '../../ui/states.js';
import type { DayForecast, PartnerForecast } from './types.js';

const MAX_NAMED = 4;

/** Each day that has renewals, and whose they are. */
export const DaysTable: React.FC<{ label: string; days: DayForecast[]; partners: PartnerForecast[] }> = (props) => {
  const { label, partners } = props;
  const days = props.days.filter(({ renewals }) => renewals > 0);
  if (days.length === 0) return <EmptyState title="Nothing falls due in this period." />;
  return (
    <ScrollRegion label={label} className="lc-figure-table">
      <DataTable
        label={label}
        scrolls={false}
        rows={days}
        getRowKey={({ day }) => day}
        columns={[
          { id: 'day', header: 'Day', isRowHeader: true, cell: ({ day }) => formatCalendarDay(day) },
          { id: 'renewals', header: 'Renewals', isNumber: true, cell: ({ renewals }) => renewals },
          { id: 'due', header: 'Due', isNumber: true, cell: ({ dueCents }) => formatDollars(dueCents) },
          {
            id: 'uncovered',
            header: 'Not covered',
            isNumber: true,
            cell: ({ uncoveredCents }) => (uncoveredCents > 0 ? <b>{formatDollars(uncoveredCents)}</b> : '—'),
          },
          {
            id: 'whose',
            header: 'Partners',
            cellClassName: 'lc-muted',
            cell: ({ day }) => formatShares(partners, day),
          },
        ]}
      />
    </ScrollRegion>
  );
};

/** `Kilo & Co $450.00, Quinn Coffee $150.00 and 3 more`, the largest first. */
function formatShares(partners: PartnerForecast[], day: string): string {
  const shares = partners
    .flatMap(({ partner, days }) =>
      days.filter((own) => own.day === day).map(({ dueCents }) => ({ partner, dueCents })),
    )
    .sort((a, b) => b.dueCents - a.dueCents);
  const named = shares
    .slice(0, MAX_NAMED)
    .map(({ partner, dueCents }) => sentence`${partner} ${formatDollars(dueCents)}`);
  const more = shares.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

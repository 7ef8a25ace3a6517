import React from 'react';
import { Link } from 'react-router-dom';
import { sentence } from '../../../core/sentence.js';
import { formatDollars } from '../../lib/format.js';
import { describeLowBalance } from '../../lib/low-balance.js';
import { toRecordPath } from '../../lib/paths.js';
import { formatCalendarDay } from '../../lib/times.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Chip } from '../../ui/elements.js';
import { EmptyState } from '../../ui/states.js';
import { Sparkline } from './sparkline.js';
import { fillDays, type DayForecast, type PartnerForecast } from './types.js';

interface PartnersTableProps {
  partners: PartnerForecast[];
  /** Every day of the forecast. */
  days: DayForecast[];
  mayTopUp: boolean;
  /** The partner whose days the chart shows. */
  chosenId: string | null;
  onChoose: (organizationId: string | null) => void;
}

/** What falls due for each partner, what its wallet does not cover and what it owes. */
export const PartnersTable: React.FC<PartnersTableProps> = (props) => (
  <DataTable
    label="Renewals by partner"
    rows={props.partners}
    getRowKey={({ organizationId }) => organizationId}
    getRowProps={({ organizationId }) => ({ className: organizationId === props.chosenId ? 'on' : '' })}
    empty={<EmptyState title="Nothing falls due in this period, and nothing is owed." />}
    columns={getColumns(props)}
  />
);

function getColumns({ days, mayTopUp, chosenId, onChoose }: PartnersTableProps): Column<PartnerForecast>[] {
  return [
    {
      id: 'partner',
      header: 'Partner',
      cell: ({ organizationId, partner, suspended }) => (
        <>
          <Link to={toRecordPath('wallets', organizationId)}>
            <bdi>{partner}</bdi>
          </Link>{' '}
          {suspended && <Chip tone="bad">suspended</Chip>}
        </>
      ),
    },
    { id: 'renewals', header: 'Renewals', isNumber: true, cell: ({ renewals }) => renewals },
    {
      id: 'due',
      header: 'Due',
      isNumber: true,
      cell: ({ renewals, dueCents }) => (renewals > 0 ? formatDollars(dueCents) : '—'),
    },
    {
      id: 'wallet',
      header: 'Wallet',
      isNumber: true,
      cell: ({ isLow, thresholdCents, balanceCents, owedCents }) => (
        <>
          {isLow && (
            <Chip tone="bad" title={`The wallet holds ${describeLowBalance(thresholdCents)}`}>
              low
            </Chip>
          )}{' '}
          {formatDollars(balanceCents)}
          {owedCents > 0 && <span className="lc-faint"> owes {formatDollars(owedCents)}</span>}
        </>
      ),
    },
    {
      id: 'past-due',
      header: 'Past due',
      isNumber: true,
      cell: ({ pastDue }) => (pastDue > 0 ? <Chip tone="bad">{pastDue}</Chip> : '—'),
    },
    {
      id: 'uncovered',
      header: 'Not covered from',
      isNumber: true,
      cell: ({ uncoveredFrom }) => (uncoveredFrom ? <Chip tone="bad">{formatCalendarDay(uncoveredFrom)}</Chip> : '—'),
    },
    {
      id: 'top-up',
      header: 'Top-up needed',
      isNumber: true,
      cell: (partner) => <Shortfall partner={partner} mayTopUp={mayTopUp} />,
    },
    {
      id: 'when',
      header: 'When',
      cell: (partner) =>
        partner.renewals > 0 ? (
          <PartnerDays
            partner={partner}
            days={days}
            isChosen={partner.organizationId === chosenId}
            onChoose={onChoose}
          />
        ) : (
          <span className="lc-faint">no renewals</span>
        ),
    },
  ];
}

const Shortfall: React.FC<{ partner: PartnerForecast; mayTopUp: boolean }> = ({ partner, mayTopUp }) => {
  if (partner.shortfallCents <= 0) return <>—</>;
  return (
    <>
      <b>{formatDollars(partner.shortfallCents)}</b>
      {mayTopUp && (
        <>
          {' '}
          <Link
            to={toRecordPath('wallets', partner.organizationId, 'topUp')}
            aria-label={sentence`Top up the wallet of ${partner.partner}`}
          >
            Top up…
          </Link>
        </>
      )}
    </>
  );
};

interface PartnerDaysProps {
  partner: PartnerForecast;
  days: DayForecast[];
  isChosen: boolean;
  onChoose: (organizationId: string | null) => void;
}

/** The partner's days at a glance; a click shows them alone in the chart above. */
const PartnerDays: React.FC<PartnerDaysProps> = ({ partner, days, isChosen, onChoose }) => (
  <button
    type="button"
    className="lc-spark-button"
    aria-pressed={isChosen}
    aria-label={sentence`Show only ${partner.partner} above`}
    title={isChosen ? 'Show all partners above' : 'Show only this partner above'}
    onClick={() => onChoose(isChosen ? null : partner.organizationId)}
  >
    <Sparkline days={fillDays(partner.days, days)} />
  </button>
);

import React from 'react';
import { Link } from 'react-router-dom';
import { dayLabel } from '../dashboard/figures.js';
import { Chip, Empty } from '../../ui/elements.js';
import { formatDollars } from '../../lib/format.js';
import { daysOf, type DayAhead, type PartnerAhead } from './types.js';
import { Spark } from './spark.js';

interface PartnersAheadProps {
  partners: PartnerAhead[];
  /** Every day that is shown. */
  days: DayAhead[];
  mayTopUp: boolean;
  /** The one whose days the chart shows. */
  chosenId: string | null;
  onChoose: (organizationId: string | null) => void;
  resourcesPath: string;
}

/** What falls due for each partner, what its wallet does not cover and what it owes, the soonest trouble first. */
export const PartnersAhead: React.FC<PartnersAheadProps> = ({ partners, chosenId, ...shared }) => {
  if (partners.length === 0) return <Empty title="Nothing falls due in these days, and nobody owes anything." />;
  return (
    <div className="lc-scroll">
      <table className="lc-table" aria-label="Renewals by partner">
        <thead>
          <tr>
            <th scope="col">Partner</th>
            {['Renewals', 'Due', 'Wallet', 'Past due', 'Not covered from', 'Top-up needed'].map((head) => (
              <th key={head} scope="col" className="lc-num">
                {head}
              </th>
            ))}
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {partners.map((partner) => (
            <Row
              key={partner.organizationId}
              partner={partner}
              chosen={partner.organizationId === chosenId}
              {...shared}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
};

interface RowProps extends Omit<PartnersAheadProps, 'partners' | 'chosenId'> {
  partner: PartnerAhead;
  chosen: boolean;
}

const Row: React.FC<RowProps> = ({ partner, chosen, days, mayTopUp, onChoose, resourcesPath }) => (
  <tr className={chosen ? 'on' : ''}>
    <td>
      <Link to={`${walletOf(partner, resourcesPath)}/show`}>{partner.partner}</Link>{' '}
      {partner.suspended && <Chip tone="bad">suspended</Chip>}
    </td>
    <td className="lc-num">{partner.renewals}</td>
    <td className="lc-num">{partner.renewals > 0 ? formatDollars(partner.dueCents) : '—'}</td>
    <td className="lc-num">
      {partner.isLow && (
        <Chip tone="warn" title={`Below its threshold of ${formatDollars(partner.thresholdCents ?? 0)}`}>
          low
        </Chip>
      )}{' '}
      {formatDollars(partner.balanceCents)}
      {partner.owedCents > 0 && <span className="lc-faint"> owes {formatDollars(partner.owedCents)}</span>}
    </td>
    <td className="lc-num">{partner.pastDue > 0 ? <Chip tone="bad">{partner.pastDue}</Chip> : '—'}</td>
    <td className="lc-num">
      {partner.uncoveredFrom ? <Chip tone="bad">{dayLabel(partner.uncoveredFrom)}</Chip> : '—'}
    </td>
    <td className="lc-num">
      {partner.shortfallCents > 0 ? <b>{formatDollars(partner.shortfallCents)}</b> : '—'}
      {partner.shortfallCents > 0 && mayTopUp && (
        <>
          {' '}
          <Link to={`${walletOf(partner, resourcesPath)}/topUp`} aria-label={`Top up the wallet of ${partner.partner}`}>
            Top up…
          </Link>
        </>
      )}
    </td>
    <td>
      {partner.renewals > 0 ? (
        <DaysOfOne partner={partner} chosen={chosen} days={days} onChoose={onChoose} />
      ) : (
        <span className="lc-faint">no renewals</span>
      )}
    </td>
  </tr>
);

/** Its days at a glance, which put it alone into the chart above. */
const DaysOfOne: React.FC<Pick<RowProps, 'partner' | 'chosen' | 'days' | 'onChoose'>> = (props) => {
  const { partner, chosen, days, onChoose } = props;
  return (
    <button
      type="button"
      className="lc-spark-of"
      aria-pressed={chosen}
      aria-label={`${partner.partner} alone above`}
      title={chosen ? 'All partners again' : 'This partner alone above'}
      onClick={() => onChoose(chosen ? null : partner.organizationId)}
    >
      <Spark days={daysOf(partner.days, days)} />
    </button>
  );
};

function walletOf({ organizationId }: PartnerAhead, resourcesPath: string): string {
  return `${resourcesPath}/wallets/records/${organizationId}`;
}

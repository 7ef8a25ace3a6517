import React from 'react';
import { Link } from 'react-router-dom';
import { dayLabel } from '../dashboard/figures.js';
import { Chip, Empty } from '../kit/parts.js';
import { dollars } from '../kit/words.js';
import type { PartnerAhead } from './shapes.js';

interface PartnersAheadProps {
  partners: PartnerAhead[];
  /** The one whose days the chart shows. */
  chosenId: string | null;
  onChoose: (organizationId: string | null) => void;
  resourcesPath: string;
}

/** What falls due for each partner and what its wallet does not cover, the soonest trouble first. */
export const PartnersAhead: React.FC<PartnersAheadProps> = ({ partners, chosenId, onChoose, resourcesPath }) => {
  if (partners.length === 0) return <Empty title="Nothing falls due in these days." />;
  return (
    <div className="lc-scroll">
      <table className="lc-table" aria-label="Renewals by partner">
        <thead>
          <tr>
            <th scope="col">Partner</th>
            {['Renewals', 'Due', 'Wallet', 'Past due', 'Not covered from', 'Top-up that prevents it'].map((head) => (
              <th key={head} scope="col" className="lc-num">
                {head}
              </th>
            ))}
            <th scope="col">
              <span className="lc-unseen">Chart</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {partners.map((partner) => (
            <Row
              key={partner.organizationId}
              partner={partner}
              chosen={partner.organizationId === chosenId}
              onChoose={onChoose}
              resourcesPath={resourcesPath}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
};

interface RowProps {
  partner: PartnerAhead;
  chosen: boolean;
  onChoose: PartnersAheadProps['onChoose'];
  resourcesPath: string;
}

const Row: React.FC<RowProps> = ({ partner, chosen, onChoose, resourcesPath }) => (
  <tr className={chosen ? 'on' : ''}>
    <td>
      <Link to={`${resourcesPath}/wallets/records/${partner.organizationId}/show`}>{partner.partner}</Link>{' '}
      {partner.suspended && <Chip tone="bad">suspended</Chip>}
    </td>
    <td className="lc-num">{partner.renewals}</td>
    <td className="lc-num">{dollars(partner.dueCents)}</td>
    <td className="lc-num">
      {partner.isLow && (
        <Chip tone="warn" title={`Below its threshold of ${dollars(partner.thresholdCents ?? 0)}`}>
          low
        </Chip>
      )}{' '}
      {dollars(partner.balanceCents)}
      {partner.owedCents > 0 && <span className="lc-faint"> owes {dollars(partner.owedCents)}</span>}
    </td>
    <td className="lc-num">{partner.pastDue > 0 ? <Chip tone="bad">{partner.pastDue}</Chip> : '—'}</td>
    <td className="lc-num">
      {partner.uncoveredFrom ? <Chip tone="bad">{dayLabel(partner.uncoveredFrom)}</Chip> : '—'}
    </td>
    <td className="lc-num">{partner.shortfallCents > 0 ? <b>{dollars(partner.shortfallCents)}</b> : '—'}</td>
    <td>
      <button
        type="button"
        className="lc-link"
        aria-pressed={chosen}
        aria-label={`Chart of ${partner.partner} alone`}
        onClick={() => onChoose(chosen ? null : partner.organizationId)}
      >
        {chosen ? 'all' : 'chart'}
      </button>
    </td>
  </tr>
);

import React from 'react';
import { Link } from 'react-router-dom';
import { Card, Chip } from '../../ui/elements.js';
import type { AssignedAccount, Fulfil } from '../../lib/types.js';
import { dayOf, inUtc } from '../../ui/times.js';
import { at, formatDollars, followersInWords, inWords, toneOf } from '../../lib/format.js';
import { endOf, TakeBack } from './timeline.js';

interface AssignedCardProps {
  fulfil: Fulfil;
  now: number;
  resourcesPath: string;
  onUndo: (account: AssignedAccount) => void;
  onDisconnect: (account: AssignedAccount) => void;
  onRelease: (account: AssignedAccount) => void;
  onReplace: (account: AssignedAccount) => void;
}

/** The accounts that the request was given, as they stand today. */
export const AssignedCard: React.FC<AssignedCardProps> = (props) => {
  const given = props.fulfil.assigned.filter((account) => account.status !== 'undone');
  if (given.length === 0) return null;
  return (
    <Card title={countsOf(given)} bare>
      <table className="lc-table" aria-label="Assigned accounts">
        <tbody>
          {given.map((account) => (
            <tr key={account.leaseId}>
              <td>
                <Link to={`${props.resourcesPath}/leases/records/${account.leaseId}/show`}>
                  <b>{at(account.handle)}</b>
                </Link>{' '}
                <span className="lc-muted lc-nowrap">{followersInWords(account.followers)} followers</span>
              </td>
              <td>
                <Standing account={account} />
              </td>
              <td className="lc-num">{formatDollars(account.priceCents)}</td>
              <td className="lc-take-back">
                {(account.status !== 'ended' || account.canReplace) && <TakeBack {...props} account={account} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
};

/** Those that live, and apart from them those that do not any more: `2 assigned, 1 replaced`. */
function countsOf(given: AssignedAccount[]): string {
  const ended = given.filter(({ status }) => status === 'ended');
  const replaced = ended.filter(({ endReason }) => endReason === 'replaced').length;
  return [
    `${given.length - ended.length} assigned`,
    ended.length > replaced && `${ended.length - replaced} ended`,
    replaced > 0 && `${replaced} replaced`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

/** When a live lease renews, or since when it is past due; else what became of it. */
const Standing: React.FC<{ account: AssignedAccount }> = ({ account }) => {
  if (account.status === 'ended') return <span className="lc-muted">{endOf(account)}</span>;
  const live = account.status === 'active';
  // Its renewal may have fallen due long before it was first attempted, and the grace days count from the attempt.
  const day = live ? account.nextRenewalAt : account.pastDueSince;
  return (
    <span className="lc-chips lc-nowrap">
      {!live && <Chip tone={toneOf(account.status)}>{inWords(account.status)}</Chip>}
      {day && (
        <span className="lc-muted" title={inUtc(day)}>
          {live ? 'renews' : 'since'} {dayOf(day)}
        </span>
      )}
    </span>
  );
};

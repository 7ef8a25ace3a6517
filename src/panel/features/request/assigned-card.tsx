import React from 'react';
import { Link } from 'react-router-dom';
import { formatCode, formatDollars, formatFollowers, formatHandle, getTone } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { formatDay, formatUtc } from '../../lib/times.js';
import { DataTable } from '../../ui/data-table.js';
import { Card, Chip } from '../../ui/elements.js';
import { formatLeaseEnd, LeaseActions, type LeaseHandlers } from './lease-actions.js';
import type { AssignedAccount, RequestView } from './types.js';

interface AssignedCardProps extends LeaseHandlers {
  view: RequestView;
  now: number;
}

/** The assigned accounts with the present state of their leases. */
export const AssignedCard: React.FC<AssignedCardProps> = (props) => {
  const assigned = props.view.assigned.filter(({ status }) => status !== 'undone');
  if (assigned.length === 0) return null;
  return (
    <Card title={summarize(assigned)} bare>
      <DataTable
        label="Assigned accounts"
        hidesHeader
        scrolls={false}
        rows={assigned}
        getRowKey={({ leaseId }) => leaseId}
        columns={[
          {
            id: 'account',
            cell: ({ leaseId, handle, followers }) => (
              <>
                <Link to={toRecordPath('leases', leaseId)}>
                  <b>{formatHandle(handle)}</b>
                </Link>{' '}
                <span className="lc-muted lc-nowrap">{formatFollowers(followers)} followers</span>
              </>
            ),
          },
          { id: 'state', cell: (account) => <LeaseState account={account} /> },
          { id: 'price', isNumber: true, cell: ({ priceCents }) => formatDollars(priceCents) },
          {
            id: 'actions',
            cellClassName: 'lc-lease-actions',
            cell: (account) =>
              (account.status !== 'ended' || account.canReplace) && <LeaseActions {...props} account={account} />,
          },
        ]}
      />
    </Card>
  );
};

/** `2 assigned, 1 replaced`. */
function summarize(assigned: AssignedAccount[]): string {
  const ended = assigned.filter(({ status }) => status === 'ended');
  const replaced = ended.filter(({ endReason }) => endReason === 'replaced').length;
  return [
    `${assigned.length - ended.length} assigned`,
    ended.length > replaced && `${ended.length - replaced} ended`,
    replaced > 0 && `${replaced} replaced`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

const LeaseState: React.FC<{ account: AssignedAccount }> = ({ account }) => {
  if (account.status === 'ended') return <span className="lc-muted">{formatLeaseEnd(account)}</span>;
  const isActive = account.status === 'active';
  // Its renewal may have fallen due long before it was first attempted, and the grace days count from the attempt.
  const day = isActive ? account.nextRenewalAt : account.pastDueSince;
  return (
    <span className="lc-chips lc-nowrap">
      {!isActive && <Chip tone={getTone(account.status)}>{formatCode(account.status)}</Chip>}
      {day && (
        <span className="lc-muted" title={formatUtc(day)}>
          {isActive ? 'renews' : 'since'} {formatDay(day)}
        </span>
      )}
    </span>
  );
};

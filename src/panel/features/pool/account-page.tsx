import React from 'react';
import { Link } from 'react-router-dom';
import type { ActionProps } from 'adminjs';
import { formatCode, formatCount, formatDollars, getTone, shortenId } from '../../lib/format.js';
import { toRecordPath, toRequestPath } from '../../lib/paths.js';
import { useOverview } from '../../lib/queries.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { DataTable } from '../../ui/data-table.js';
import { Card, Chip } from '../../ui/elements.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.js';
import { Day } from '../../ui/times.js';
import Show from '../records/show.js';
import { TurnaroundCard } from './turnaround.js';
import type { AccountLease, AccountOverview } from './types.js';

/** One account of the pool: what it is, what is still to be checked, and who has leased it. */
const AccountPage: React.FC<ActionProps> = (props) => {
  const { record } = props;
  const query = useOverview<AccountOverview>('social-accounts', record?.id ?? '');
  const { data, error } = query;
  const now = useNow();
  useTitle(record?.title ?? 'Account');
  if (!record) return null;
  return (
    <div className="lc-two-columns">
      <div className="lc-stack">
        <Show {...props} />
        {data?.rest && (
          <TurnaroundCard
            accountId={record.id}
            turnaround={data.rest}
            items={data.turnaroundItems}
            mayCheck={record.recordActions.some(({ name }) => name === 'checkTurnaround')}
            now={now}
          />
        )}
      </div>
      <div className="lc-stack">
        <ErrorState query={query} />
        <Card
          title="Leases"
          aside={data && <span className="lc-faint">{formatCount(data.leases.length, 'lease')}</span>}
          bare
        >
          {!data && !error && <LoadingState what="the leases" lines={4} />}
          {data && <LeasesTable leases={data.leases} now={now} />}
        </Card>
      </div>
    </div>
  );
};

const LeasesTable: React.FC<{ leases: AccountLease[]; now: number }> = ({ leases, now }) => (
  <DataTable
    label="Leases of this account, newest first"
    rows={leases}
    getRowKey={({ leaseId }) => leaseId}
    empty={<EmptyState title="It has never been leased." />}
    columns={[
      {
        id: 'partner',
        header: 'Partner',
        cell: ({ leaseId, partner }) => (
          <Link to={toRecordPath('leases', leaseId)} title={leaseId}>
            <b>
              <bdi>{partner}</bdi>
            </b>
          </Link>
        ),
      },
      {
        id: 'request',
        header: 'Request',
        cell: ({ leaseRequestId, requestId }) => (
          <Link to={toRequestPath(leaseRequestId)} title={requestId}>
            {shortenId(requestId)}
          </Link>
        ),
      },
      {
        id: 'status',
        header: 'Status',
        cell: ({ status, endReason }) => <Chip tone={getTone(status)}>{formatCode(endReason ?? status)}</Chip>,
      },
      {
        id: 'from',
        header: 'From',
        cellClassName: 'lc-nowrap',
        cell: ({ assignedAt }) => <Day iso={assignedAt} now={now} />,
      },
      {
        id: 'until',
        header: 'Until',
        cellClassName: 'lc-nowrap',
        cell: ({ endedAt, nextRenewalAt }) => {
          if (endedAt) return <Day iso={endedAt} now={now} />;
          if (!nextRenewalAt) return '—';
          return (
            <>
              renews <Day iso={nextRenewalAt} now={now} />
            </>
          );
        },
      },
      { id: 'price', header: 'Price', isNumber: true, cell: ({ priceCents }) => formatDollars(priceCents) },
    ]}
  />
);

export default AccountPage;

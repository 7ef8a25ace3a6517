import React, { useEffect } from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ActionProps, ReduxState } from 'adminjs';
import { Alert, Card, Chip, Empty, Loading, useTitle } from '../../ui/elements.js';
import { dayOf, inUtc, useNow } from '../../ui/times.js';
import { formatDollars, howMany, inWords, shortId, toneOf } from '../../lib/format.js';
import { useOverview } from '../records/overview.js';
import Show from '../records/show.js';
import { TurnaroundCard, type Rest } from './turnaround.js';

/** What `social-accounts` → `overview` answers. */
interface AccountOverview {
  rest: Rest | null;
  turnaroundItems: string[];
  leases: AccountLease[];
}

interface AccountLease {
  leaseId: string;
  status: string;
  priceCents: number;
  assignedAt: string;
  nextRenewalAt: string | null;
  endedAt: string | null;
  endReason: string | null;
  organizationId: string;
  partner: string;
  leaseRequestId: string;
  requestId: string;
}

/** One account of the pool: what it is, what is still to be checked, and who has had it. */
const AccountPage: React.FC<ActionProps> = (props) => {
  const { record } = props;
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const { data, failure, refresh } = useOverview<AccountOverview>('social-accounts', record?.id ?? '');
  const now = useNow();
  useTitle(record?.title ?? 'Account');
  const changed: unknown = record?.params.updatedAt;
  useEffect(() => void refresh(), [changed, refresh]);
  if (!record) return null;
  const mayCheck = record.recordActions.some(({ name }) => name === 'checkTurnaround');
  return (
    <div className="lc-desk">
      <div className="lc-stack">
        <Show {...props} />
        {data?.rest && (
          <TurnaroundCard
            accountId={record.id}
            status={data.rest.status}
            rest={data.rest}
            items={data.turnaroundItems}
            mayCheck={mayCheck}
            now={now}
            onDone={() => void refresh()}
          />
        )}
      </div>
      <div className="lc-stack">
        {failure && <Alert>{failure}</Alert>}
        <Card
          title="Leases"
          aside={data && <span className="lc-faint">{howMany(data.leases.length, 'lease')}</span>}
          bare
        >
          {!data && !failure && <Loading what="the leases" lines={4} />}
          {data?.leases.length === 0 && <Empty title="Nobody has had it yet." />}
          {data && data.leases.length > 0 && (
            <Leases leases={data.leases} resources={`${rootPath}/resources`} now={now} />
          )}
        </Card>
      </div>
    </div>
  );
};

const Leases: React.FC<{ leases: AccountLease[]; resources: string; now: number }> = ({ leases, resources, now }) => (
  <div className="lc-scroll">
    <table className="lc-table" aria-label="Leases of this account, newest first">
      <thead>
        <tr>
          <th scope="col">Partner</th>
          <th scope="col">Request</th>
          <th scope="col">Status</th>
          <th scope="col">From</th>
          <th scope="col">Until</th>
          <th scope="col" className="lc-num">
            Price
          </th>
        </tr>
      </thead>
      <tbody>
        {leases.map((lease) => (
          <tr key={lease.leaseId}>
            <td>
              <Link to={`${resources}/leases/records/${lease.leaseId}/show`} title={lease.leaseId}>
                <b>{lease.partner}</b>
              </Link>
            </td>
            <td>
              <Link to={`${resources}/lease-requests/records/${lease.leaseRequestId}/fulfil`} title={lease.requestId}>
                {shortId(lease.requestId)}
              </Link>
            </td>
            <td>
              <Chip tone={toneOf(lease.status)}>{inWords(lease.endReason ?? lease.status)}</Chip>
            </td>
            <td className="lc-nowrap">
              <Day iso={lease.assignedAt} now={now} />
            </td>
            <td className="lc-nowrap">
              {lease.endedAt ? (
                <Day iso={lease.endedAt} now={now} />
              ) : lease.nextRenewalAt ? (
                <>
                  renews <Day iso={lease.nextRenewalAt} now={now} />
                </>
              ) : (
                '—'
              )}
            </td>
            <td className="lc-num">{formatDollars(lease.priceCents)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Day: React.FC<{ iso: string; now: number }> = ({ iso, now }) => (
  <time dateTime={iso} title={inUtc(iso)}>
    {dayOf(iso, now)}
  </time>
);

export default AccountPage;

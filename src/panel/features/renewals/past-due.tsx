import React from 'react';
import { Link } from 'react-router-dom';
import { Chip, Empty } from '../../ui/elements.js';
import { inUtc, moment, span } from '../../ui/times.js';
import { at, formatDollars } from '../../lib/format.js';
import type { PastDueLease } from './types.js';

const DAY_MS = 86_400_000;

interface PastDueProps {
  leases: PastDueLease[];
  now: number;
  resourcesPath: string;
}

/** Leases that are past due, with their clock and the top-up that keeps them. */
export const PastDue: React.FC<PastDueProps> = ({ leases, now, resourcesPath }) => {
  if (leases.length === 0) return <Empty title="No lease is past due." />;
  return (
    <div className="lc-scroll">
      <table className="lc-table" aria-label="Leases past due, the soonest to be disconnected first">
        <thead>
          <tr>
            {['Account', 'Partner', 'Unpaid since', 'Past due since', 'Next attempt', 'Disconnects'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col" className="lc-num">
              <span title="Of one partner the oldest unpaid month is paid first: the top-up pays for every month before its last one, too.">
                Top-up that keeps it and older ones
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {leases.map((lease) => (
            <tr key={lease.leaseId}>
              <td>
                <Link to={`${resourcesPath}/leases/records/${lease.leaseId}/show`}>{at(lease.handle)}</Link>
              </td>
              <td>
                <Link to={`${resourcesPath}/wallets/records/${lease.organizationId}/show`}>{lease.partner}</Link>
              </td>
              <Time iso={lease.dueAt} now={now} />
              <Time iso={lease.pastDueSince} now={now} />
              <Time iso={lease.retryAt} now={now} />
              <td className="lc-nowrap">
                <Left until={lease.disconnectsAt} now={now} />
              </td>
              <td className="lc-num">{formatDollars(lease.topUpCents)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Time: React.FC<{ iso: string; now: number }> = ({ iso, now }) => (
  <td className="lc-nowrap">
    <time dateTime={iso} title={inUtc(iso)}>
      {moment(iso, now)}
    </time>
  </td>
);

const Left: React.FC<{ until: string; now: number }> = ({ until, now }) => {
  const left = Date.parse(until) - now;
  return (
    <Chip tone={left < 2 * DAY_MS ? 'bad' : 'warn'} title={inUtc(until)}>
      {left <= 0 ? 'with the next attempt' : `in ${span(left)}`}
    </Chip>
  );
};

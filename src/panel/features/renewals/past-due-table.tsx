import React from 'react';
import { Link } from 'react-router-dom';
import { formatDollars, formatHandle } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { formatDuration, formatUtc } from '../../lib/times.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Chip } from '../../ui/elements.js';
import { EmptyState } from '../../ui/states.js';
import { Moment } from '../../ui/times.js';
import type { PastDueLease } from './types.js';

const DAY_MS = 86_400_000;

/** Leases that are past due, with their clock and the top-up that keeps them. */
export const PastDueTable: React.FC<{ leases: PastDueLease[]; now: number }> = ({ leases, now }) => {
  const toTimeColumn = (header: string, getTime: (lease: PastDueLease) => string): Column<PastDueLease> => ({
    id: header,
    header,
    cellClassName: 'lc-nowrap',
    cell: (lease) => <Moment iso={getTime(lease)} now={now} />,
  });
  return (
    <DataTable
      label="Past due leases, next to be disconnected first"
      rows={leases}
      getRowKey={({ leaseId }) => leaseId}
      empty={<EmptyState title="No lease is past due." />}
      columns={[
        {
          id: 'account',
          header: 'Account',
          cell: ({ leaseId, handle }) => <Link to={toRecordPath('leases', leaseId)}>{formatHandle(handle)}</Link>,
        },
        {
          id: 'partner',
          header: 'Partner',
          cell: ({ organizationId, partner }) => (
            <Link to={toRecordPath('wallets', organizationId)}>
              <bdi>{partner}</bdi>
            </Link>
          ),
        },
        toTimeColumn('Unpaid since', ({ dueAt }) => dueAt),
        toTimeColumn('Past due since', ({ pastDueSince }) => pastDueSince),
        toTimeColumn('Next attempt', ({ retryAt }) => retryAt),
        {
          id: 'disconnects',
          header: 'Disconnects',
          cellClassName: 'lc-nowrap',
          cell: ({ disconnectsAt }) => <TimeLeft until={disconnectsAt} now={now} />,
        },
        {
          id: 'top-up',
          header: (
            <span title="A partner’s oldest unpaid month is paid first, so this top-up also pays for the older unpaid months.">
              Top-up to keep this and older leases
            </span>
          ),
          isNumber: true,
          cell: ({ topUpCents }) => formatDollars(topUpCents),
        },
      ]}
    />
  );
};

const TimeLeft: React.FC<{ until: string; now: number }> = ({ until, now }) => {
  const leftMs = Date.parse(until) - now;
  return (
    <Chip tone={leftMs < 2 * DAY_MS ? 'bad' : 'warn'} title={formatUtc(until)}>
      {leftMs <= 0 ? 'at the next attempt' : `in ${formatDuration(leftMs)}`}
    </Chip>
  );
};

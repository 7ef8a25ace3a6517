import React from 'react';
import { Link } from 'react-router-dom';
import { formatDollars, formatHandle } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { DataTable } from '../../ui/data-table.js';
import { Moment } from '../../ui/times.js';
import type { DisconnectedLease } from './types.js';

/** Leases whose grace ended without money; their accounts are back in the pool. */
export const DisconnectedTable: React.FC<{ leases: DisconnectedLease[]; now: number }> = ({ leases, now }) => (
  <DataTable
    label="Leases disconnected for non-payment, newest first"
    rows={leases}
    getRowKey={({ leaseId }) => leaseId}
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
      {
        id: 'disconnected',
        header: 'Disconnected',
        cellClassName: 'lc-nowrap',
        cell: ({ disconnectedAt }) => <Moment iso={disconnectedAt} now={now} />,
      },
      { id: 'price', header: 'Monthly price', isNumber: true, cell: ({ priceCents }) => formatDollars(priceCents) },
    ]}
  />
);

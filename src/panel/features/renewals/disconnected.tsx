import React from 'react';
import { Link } from 'react-router-dom';
import { inUtc, moment } from '../../ui/times.js';
import { at, formatDollars } from '../../lib/format.js';
import type { LostLease } from './types.js';

interface DisconnectedProps {
  leases: LostLease[];
  now: number;
  resourcesPath: string;
}

/** Leases whose grace ended without money; their accounts are back in the pool. */
export const Disconnected: React.FC<DisconnectedProps> = ({ leases, now, resourcesPath }) => (
  <div className="lc-scroll">
    <table className="lc-table" aria-label="Leases disconnected for want of money, the newest first">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Partner</th>
          <th scope="col">Disconnected</th>
          <th scope="col" className="lc-num">
            A month’s price
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
            <td className="lc-nowrap">
              <time dateTime={lease.disconnectedAt} title={inUtc(lease.disconnectedAt)}>
                {moment(lease.disconnectedAt, now)}
              </time>
            </td>
            <td className="lc-num">{formatDollars(lease.priceCents)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

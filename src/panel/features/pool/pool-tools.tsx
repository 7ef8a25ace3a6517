import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { useQueryParams } from 'adminjs';
import type { AccountStatus } from '../../../account-pool/account-status.js';
import { toListPath } from '../../lib/paths.js';

const statusOptions: [value: AccountStatus | '', label: string][] = [
  ['', 'All'],
  ['available', 'Available'],
  ['assigned', 'Assigned'],
  ['resetting', 'Resetting'],
  ['warming', 'Warming'],
  ['quarantined', 'Quarantined'],
  ['retired', 'Retired'],
];

/** A search by handle and tabs by status above the pool's list. Both combine with the other filters of its address. */
export const PoolTools: React.FC = () => {
  const { filters = {}, storeParams } = useQueryParams<Record<string, unknown>, Record<string, string>>();
  const [handle, setHandle] = useState(filters.handle ?? '');
  const setFilter = (name: string, value: string) => {
    const { [name]: _replaced, ...others } = filters;
    return value === '' ? others : { ...others, [name]: value };
  };
  return (
    <div className="lc-pool-tools">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          storeParams({ filters: setFilter('handle', handle.trim().replace(/^@/, '')), page: '1' });
        }}
      >
        <input
          className="lc-input"
          type="search"
          aria-label="Search handles"
          placeholder="Search handles, then Enter"
          value={handle}
          onChange={(event) => setHandle(event.target.value)}
        />
      </form>
      <nav className="lc-seg" aria-label="Status">
        {statusOptions.map(([status, label]) => (
          <Link
            key={status}
            to={toListPath('social-accounts', setFilter('status', status))}
            aria-current={(filters.status ?? '') === status ? 'true' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
    </div>
  );
};

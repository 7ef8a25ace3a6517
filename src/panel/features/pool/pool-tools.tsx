import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { useQueryParams } from 'adminjs';

const statuses: [value: string, label: string][] = [
  ['', 'All'],
  ['available', 'Available'],
  ['assigned', 'Assigned'],
  ['resetting', 'Resetting'],
  ['warming', 'Warming'],
  ['quarantined', 'Quarantined'],
  ['retired', 'Retired'],
];

/** What one looks for in the pool most: a handle, and one status. Both go along with the other filters, in the address. */
export const PoolTools: React.FC = () => {
  const { filters, storeParams } = useQueryParams<Record<string, unknown>, Record<string, string>>();
  const given = filters?.handle ?? '';
  const [typed, setTyped] = useState(given);
  const filtersWith = (name: string, value: string) => {
    const { [name]: _replaced, ...others } = filters ?? {};
    return value === '' ? others : { ...others, [name]: value };
  };
  const hrefOf = (status: string) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filtersWith('status', status))) query.set(`filters.${name}`, value);
    return { search: query.toString() };
  };
  return (
    <div className="lc-pool-tools">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          storeParams({ filters: filtersWith('handle', typed.trim().replace(/^@/, '')), page: '1' });
        }}
      >
        <input
          className="lc-input"
          type="search"
          aria-label="Search handles"
          placeholder="Search handles, then Enter"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      <nav className="lc-seg" aria-label="Status">
        {statuses.map(([value, label]) => (
          <Link key={value} to={hrefOf(value)} aria-current={(filters?.status ?? '') === value ? 'true' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
    </div>
  );
};

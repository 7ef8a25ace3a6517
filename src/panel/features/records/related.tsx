import React from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { RecordJSON, ReduxState, ResourceJSON } from 'adminjs';

interface Way {
  label: string;
  /** Below the panel's resources. */
  to: string;
  resourceId: string;
  action?: string;
}

function waysFrom(resourceId: string, record: RecordJSON): Way[] {
  const id = encodeURIComponent(record.id);
  const listOf = (label: string, other: string, property: string): Way => ({
    label,
    resourceId: other,
    to: `${other}?filters.${property}=${id}`,
  });
  switch (resourceId) {
    case 'organizations':
      return [
        { label: 'Wallet', resourceId: 'wallets', to: `wallets/records/${id}/show` },
        listOf('Statement', 'ledger-transfers', 'organizationId'),
        listOf('Requests', 'lease-requests', 'organizationId'),
        listOf('Leases', 'leases', 'organizationId'),
        listOf('Projects', 'projects', 'organizationId'),
        listOf('API keys', 'api-keys', 'organizationId'),
        listOf('Trail', 'audit-events', 'organizationId'),
        {
          label: 'New project',
          resourceId: 'projects',
          action: 'new',
          to: `projects/actions/new?organizationId=${id}`,
        },
        { label: 'New key', resourceId: 'api-keys', action: 'new', to: `api-keys/actions/new?organizationId=${id}` },
      ];
    case 'wallets':
      return [
        listOf('Statement', 'ledger-transfers', 'organizationId'),
        { label: 'Partner', resourceId: 'organizations', to: `organizations/records/${id}/show` },
      ];
    case 'social-accounts':
      return [listOf('Leases', 'leases', 'socialAccountId'), listOf('Trail', 'audit-events', 'objectId')];
    case 'verticals':
      return [listOf('Accounts', 'social-accounts', 'verticals'), listOf('Requests', 'lease-requests', 'vertical')];
    case 'leases':
      return [listOf('Charges', 'ledger-transfers', 'leaseId')];
    default:
      return [];
  }
}

/** Where one goes from a record: what belongs to it, and what it needs next, as far as one may. */
export const Related: React.FC<{ resource: ResourceJSON; record: RecordJSON }> = ({ resource, record }) => {
  const resources = useSelector((state: ReduxState) => state.resources);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const ways = waysFrom(resource.id, record).filter(({ resourceId, action = 'list' }) =>
    resources.find((one) => one.id === resourceId)?.resourceActions.some((one) => one.name === action),
  );
  if (ways.length === 0) return null;
  return (
    <nav className="lc-related" aria-label="What belongs to it">
      {ways.map(({ label, to }) => (
        <Link key={label} to={`${rootPath}/resources/${to}`}>
          {label}
        </Link>
      ))}
    </nav>
  );
};

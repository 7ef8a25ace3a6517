import React from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { RecordJSON, ReduxState, ResourceJSON } from 'adminjs';
import { toListPath, toNewRecordPath, toRecordPath } from '../../lib/paths.js';

interface RelatedLink {
  label: string;
  href: string;
  /** The role must have this action of the resource. */
  resourceId: string;
  actionName: 'list' | 'new';
}

function getLinks(resourceId: string, { id }: RecordJSON): RelatedLink[] {
  const toList = (label: string, other: string, property: string): RelatedLink => ({
    label,
    resourceId: other,
    actionName: 'list',
    href: toListPath(other, { [property]: id }),
  });
  const toRecord = (label: string, other: string): RelatedLink => ({
    label,
    resourceId: other,
    actionName: 'list',
    href: toRecordPath(other, id),
  });
  const toNew = (label: string, other: string): RelatedLink => ({
    label,
    resourceId: other,
    actionName: 'new',
    href: toNewRecordPath(other, { organizationId: id }),
  });
  switch (resourceId) {
    case 'organizations':
      return [
        toRecord('Wallet', 'wallets'),
        toList('Statement', 'ledger-transfers', 'organizationId'),
        toList('Requests', 'lease-requests', 'organizationId'),
        toList('Leases', 'leases', 'organizationId'),
        toList('Projects', 'projects', 'organizationId'),
        toList('API keys', 'api-keys', 'organizationId'),
        toList('Webhooks', 'webhook-endpoints', 'organizationId'),
        toList('Deliveries', 'webhook-deliveries', 'organizationId'),
        toList('Calls', 'calls', 'organizationId'),
        toList('Audit log', 'audit-events', 'organizationId'),
        toNew('New project', 'projects'),
        toNew('New key', 'api-keys'),
      ];
    case 'wallets':
      return [toList('Statement', 'ledger-transfers', 'organizationId'), toRecord('Partner', 'organizations')];
    case 'social-accounts':
      return [toList('Leases', 'leases', 'socialAccountId'), toList('Audit log', 'audit-events', 'objectId')];
    case 'verticals':
      return [toList('Accounts', 'social-accounts', 'verticals'), toList('Requests', 'lease-requests', 'vertical')];
    case 'webhook-endpoints':
      return [
        toList('Deliveries', 'webhook-deliveries', 'endpointId'),
        toList('Audit log', 'audit-events', 'objectId'),
      ];
    case 'calls':
      return [toList('Audit log', 'audit-events', 'requestId')];
    case 'api-keys':
      return [toList('Calls', 'calls', 'apiKeyId'), toList('Audit log', 'audit-events', 'objectId')];
    case 'leases':
      return [toList('Charges', 'ledger-transfers', 'leaseId')];
    default:
      return [];
  }
}

/** Links from a record to what belongs to it, as far as the role may open it. */
export const Related: React.FC<{ resource: ResourceJSON; record: RecordJSON }> = ({ resource, record }) => {
  const resources = useSelector((state: ReduxState) => state.resources);
  const links = getLinks(resource.id, record).filter(({ resourceId, actionName }) =>
    resources.find(({ id }) => id === resourceId)?.resourceActions.some(({ name }) => name === actionName),
  );
  if (links.length === 0) return null;
  return (
    <nav className="lc-related" aria-label="Related records">
      {links.map(({ label, href }) => (
        <Link key={label} to={href}>
          {label}
        </Link>
      ))}
    </nav>
  );
};

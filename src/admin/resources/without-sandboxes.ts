import { Raw, type EntityMetadata, type FindOperator } from 'typeorm';
import { isIdColumn } from './filters.js';

const SANDBOX_IDS = 'SELECT organization.id FROM organization WHERE organization.sandbox';
const SANDBOX_REQUEST_IDS = 'SELECT lease_request.id FROM lease_request WHERE lease_request.sandbox';

/**
 * What leaves the rows of sandboxes out of a list: they are shown to who filters by *Sandbox* or names an id, as links from their pages do.
 * @param filtered the columns that the list is filtered by
 */
export function findSandboxCondition(
  metadata: EntityMetadata,
  filtered: string[],
): Record<string, FindOperator<unknown>> {
  const columns = filtered.flatMap((path) => metadata.findColumnWithPropertyName(path) ?? []);
  if (columns.some((column) => column.propertyName === 'sandbox' || isIdColumn(column))) return {};
  const has = (path: string) => metadata.findColumnWithPropertyName(path) !== undefined;
  const isNotIn = (ids: string) => Raw((name) => `(${name} IS NULL OR ${name} NOT IN (${ids}))`);
  if (has('sandbox')) return { sandbox: Raw((name) => `NOT ${name}`) };
  if (has('organizationId')) return { organizationId: isNotIn(SANDBOX_IDS) };
  if (has('organizationName')) return { id: isNotIn(SANDBOX_IDS) };
  return has('leaseRequestId') ? { leaseRequestId: isNotIn(SANDBOX_REQUEST_IDS) } : {};
}

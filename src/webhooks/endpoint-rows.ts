import type { EntityManager } from 'typeorm';
import { NotFound } from '../core/errors.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import type { EndpointView } from './dto/endpoints.js';
import type { EndpointStatus } from './statuses.js';

type Times = 'createdAt' | 'updatedAt' | 'lastSuccessAt' | 'lastFailureAt';

export interface EndpointRow extends Omit<EndpointView, Times | 'scope' | 'apiVersion'> {
  createdAt: Date;
  updatedAt: Date;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
}

/** Of {@link EndpointRow}; secrets are read by name where they are needed. */
export const endpointColumns = sql`id, organization_id AS "organizationId", project_id AS "projectId", url, description, status, events,
  metadata, created_at AS "createdAt", updated_at AS "updatedAt", last_success_at AS "lastSuccessAt",
  last_failure_at AS "lastFailureAt", consecutive_failure_count AS "consecutiveFailureCount"`;

export function toEndpointView(row: EndpointRow): EndpointView {
  const { id, organizationId, projectId, url, description, status, events, metadata, consecutiveFailureCount } = row;
  return {
    ...{ id, organizationId, projectId, url, description, status, events, metadata },
    scope: 'own',
    apiVersion: 'v1',
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastSuccessAt: row.lastSuccessAt?.toISOString() ?? null,
    lastFailureAt: row.lastFailureAt?.toISOString() ?? null,
    consecutiveFailureCount,
  };
}

/** Before the rows of its deliveries. @throws NotFound where it is deleted or another organization's */
export async function lockEndpoint(em: EntityManager, organizationId: string, id: string): Promise<EndpointRow> {
  const endpoint = await queryRow<EndpointRow>(
    em,
    sql`SELECT ${endpointColumns} FROM webhook_endpoint
         WHERE id = ${id} AND organization_id = ${organizationId} AND deleted_at IS NULL FOR NO KEY UPDATE`,
  );
  if (!endpoint) throw new NotFound('This webhook endpoint');
  return endpoint;
}

/** Ends what was going to be sent, once the endpoint's row says that nothing is. What is being sent at this moment ends by itself. */
export async function abandonPending(em: EntityManager, endpointIds: readonly string[]): Promise<void> {
  await queryRows(
    em,
    sql`UPDATE webhook_delivery SET status = 'abandoned', next_attempt_at = NULL
         WHERE endpoint_id = ANY (${endpointIds}::text[]) AND status = 'pending'`,
  );
}

/** Whether anything but tests is sent to it. */
export function isSending(status: EndpointStatus): boolean {
  return status === 'active';
}

import type { EntityManager } from 'typeorm';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { readRenewalGroups } from '../forecast/renewal-groups.js';
import type { MonthlyDue } from '../forecast/runway.js';
import { isLiveSql } from '../leases/lease-sql.js';

/** Another open request of the same partner. */
export interface OtherRequest {
  id: string;
  count: number;
  assignedCount: number;
  vertical: string;
  dueAt: Date | null;
  pausedAt: Date | null;
}

const MAX_SHOWN = 5;

/** The five most urgent of the partner's other open requests. */
export function readOtherRequests(
  em: EntityManager,
  organizationId: string,
  requestId: string,
): Promise<OtherRequest[]> {
  return queryRows<OtherRequest>(
    em,
    sql`SELECT id, count, assigned_count AS "assignedCount", vertical, due_at AS "dueAt", paused_at AS "pausedAt"
       FROM lease_request
      WHERE organization_id = ${organizationId} AND status = 'requested' AND id <> ${requestId}
      ORDER BY due_at, id LIMIT ${literal(MAX_SHOWN)}`,
  );
}

/** `since` is when the oldest of the partner's live leases was assigned. */
export async function readLiveLeases(
  em: EntityManager,
  organizationId: string,
): Promise<{ since: Date | null; dues: MonthlyDue[] }> {
  const first = await queryRow<{ since: Date | null }>(
    em,
    sql`SELECT min(assigned_at) AS since FROM lease WHERE organization_id = ${organizationId} AND ${isLiveSql()}`,
  );
  const dues = await readRenewalGroups(em, organizationId);
  return { since: first!.since, dues: dues.map(({ at, anchorDay, cents }) => ({ at, anchorDay, cents })) };
}

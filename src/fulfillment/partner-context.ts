import type { EntityManager } from 'typeorm';
import { queryRow, queryRows } from '../core/sql.js';
import { readRenewalGroups } from '../forecast/renewal-groups.js';
import type { MonthlyDue } from '../forecast/runway.js';

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

/** The partner's other open requests, the most urgent few of them. */
export function readOtherRequests(
  em: EntityManager,
  organizationId: string,
  requestId: string,
): Promise<OtherRequest[]> {
  return queryRows<OtherRequest>(
    em,
    `SELECT id, count, assigned_count AS "assignedCount", vertical, due_at AS "dueAt", paused_at AS "pausedAt"
       FROM lease_request
      WHERE organization_id = $1 AND status = 'requested' AND id <> $2
      ORDER BY due_at, id LIMIT ${MAX_SHOWN}`,
    [organizationId, requestId],
  );
}

/** When the partner's live leases began, and when each falls due next. */
export async function readLiveLeases(
  em: EntityManager,
  organizationId: string,
): Promise<{ since: Date | null; dues: MonthlyDue[] }> {
  const first = await queryRow<{ since: Date | null }>(
    em,
    `SELECT min(assigned_at) AS since FROM lease WHERE organization_id = $1 AND status IN ('active', 'past_due')`,
    [organizationId],
  );
  const dues = await readRenewalGroups(em, organizationId);
  return { since: first!.since, dues: dues.map(({ at, anchorDay, cents }) => ({ at, anchorDay, cents })) };
}

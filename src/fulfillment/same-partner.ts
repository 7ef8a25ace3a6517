import type { EntityManager } from 'typeorm';
import { oneRow, rows } from '../database/sql.js';
import { renewingTogether } from '../leases/renewing-together.js';
import type { MonthlyDue } from '../wallets/runway.js';

/** Another open request of the same partner. */
export interface OtherRequest {
  id: string;
  count: number;
  assignedCount: number;
  vertical: string;
  dueAt: Date | null;
  pausedAt: Date | null;
}

const MOST_SHOWN = 5;

/** The partner's other open requests, the most urgent few of them. */
export function otherRequestsOf(em: EntityManager, organizationId: string, requestId: string): Promise<OtherRequest[]> {
  return rows<OtherRequest>(
    em,
    `SELECT id, count, assigned_count AS "assignedCount", vertical, due_at AS "dueAt", paused_at AS "pausedAt"
       FROM lease_request
      WHERE organization_id = $1 AND status = 'requested' AND id <> $2
      ORDER BY due_at, id LIMIT ${MOST_SHOWN}`,
    [organizationId, requestId],
  );
}

/** When the partner's live leases began, and when each falls due next. */
export async function livingOf(
  em: EntityManager,
  organizationId: string,
): Promise<{ since: Date | null; dues: MonthlyDue[] }> {
  const first = await oneRow<{ since: Date | null }>(
    em,
    `SELECT min(assigned_at) AS since FROM lease WHERE organization_id = $1 AND status IN ('active', 'past_due')`,
    [organizationId],
  );
  const dues = await renewingTogether(em, organizationId);
  return { since: first!.since, dues: dues.map(({ at, anchorDay, cents }) => ({ at, anchorDay, cents })) };
}

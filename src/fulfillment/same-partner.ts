import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.js';
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

/** What the partner's live leases cost and when each falls due next; those of one day and one anchor together. */
export async function livingOf(
  em: EntityManager,
  organizationId: string,
): Promise<{ since: Date | null; dues: MonthlyDue[] }> {
  const days = await rows<{ at: Date; anchorDay: number; cents: number; since: Date }>(
    em,
    `SELECT min(next_renewal_at) AS at, anchor_day AS "anchorDay", sum(price_cents)::bigint AS cents, min(assigned_at) AS since
       FROM lease WHERE organization_id = $1 AND status IN ('active', 'past_due')
      GROUP BY next_renewal_at::date, anchor_day ORDER BY 1, 2`,
    [organizationId],
  );
  const since = days.length === 0 ? null : new Date(Math.min(...days.map((day) => day.since.getTime())));
  return { since, dues: days.map(({ at, anchorDay, cents }) => ({ at, anchorDay, cents })) };
}

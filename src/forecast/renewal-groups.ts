import type { EntityManager } from 'typeorm';
import { queryRows } from '../core/sql.js';

/** Live leases of one partner that renew together with one anchor; cents of all of them. */
export interface RenewalGroup {
  /** The next renewal of the first of them. */
  at: Date;
  anchorDay: number;
  leases: number;
  cents: number;
}

/** So many leases of one partner are told by the moment, more of them by the hour. */
const MAX_EXACT_LEASES = 500;

/**
 * What a partner's live leases cost and when they fall due next, the soonest first; panel and API reckon from this alone.
 * Each moment stands by itself while the partner has at most 500 live leases; beyond that those of one hour (UTC) count
 * as due with the first of them, so that what is reckoned from it never grows with their number.
 */
export function readRenewalGroups(em: EntityManager, organizationId: string): Promise<RenewalGroup[]> {
  return queryRows<RenewalGroup>(
    em,
    `WITH partner AS (
       SELECT count(*) > ${MAX_EXACT_LEASES} AS by_hour
         FROM (SELECT 1 FROM lease WHERE organization_id = $1 AND status IN ('active', 'past_due') LIMIT ${MAX_EXACT_LEASES + 1}) live
     )
     SELECT min(next_renewal_at) AS at, anchor_day AS "anchorDay", count(*) AS leases, sum(price_cents)::bigint AS cents
       FROM lease CROSS JOIN partner
      WHERE organization_id = $1 AND status IN ('active', 'past_due')
      GROUP BY CASE WHEN by_hour THEN date_trunc('hour', next_renewal_at, 'UTC') ELSE next_renewal_at END, anchor_day
      ORDER BY 1, 2`,
    [organizationId],
  );
}

import type { EntityManager } from 'typeorm';
import { literal, queryRows, sql, type Sql } from '../core/sql.js';
import { isLiveSql } from '../leases/lease-sql.js';

/** Live leases of one partner that renew together and have the same anchor day. */
export interface RenewalGroup {
  /** The earliest next renewal. */
  at: Date;
  anchorDay: number;
  leases: number;
  /** Per month, of all of them. */
  cents: number;
}

const MAX_EXACT_LEASES = 500;

/** Every time zone is whole quarters of an hour away from UTC, so a quarter lies in one day. @param time an expression of type timestamptz */
export function quarterOfHourSql(time: Sql): Sql {
  return sql`date_bin('15 minutes', ${time}, '2000-01-01T00:00:00Z')`;
}

/**
 * What a partner's live leases cost and when they renew next, the soonest first; panel and API compute their forecasts from this alone.
 * Up to 500 live leases are grouped by exact time, more of them by the quarter of an hour, so that the groups do not grow with their
 * number.
 */
export function readRenewalGroups(em: EntityManager, organizationId: string): Promise<RenewalGroup[]> {
  return queryRows<RenewalGroup>(
    em,
    sql`WITH partner AS (
       SELECT count(*) > ${literal(MAX_EXACT_LEASES)} AS by_quarter
         FROM (SELECT 1 FROM lease WHERE organization_id = ${organizationId} AND ${isLiveSql()} LIMIT ${literal(MAX_EXACT_LEASES + 1)}) live
     )
     SELECT min(next_renewal_at) AS at, anchor_day AS "anchorDay", count(*) AS leases, sum(price_cents)::bigint AS cents
       FROM lease CROSS JOIN partner
      WHERE organization_id = ${organizationId} AND ${isLiveSql()}
      GROUP BY CASE WHEN by_quarter THEN ${quarterOfHourSql(sql`next_renewal_at`)} ELSE next_renewal_at END, anchor_day
      ORDER BY 1, 2`,
  );
}

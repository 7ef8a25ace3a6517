import type { EntityManager } from 'typeorm';
import { identifier, queryRow, sql, type Sql } from '../core/sql.js';
import { getStartOfDay, type Days } from './business-days.js';
import { timeToCloseMs, timeToFirstMs } from './daily-figures.js';
import type { Speed } from './figures.js';

function percentilesSql(table: string): Sql {
  return sql`(SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms) FROM ${identifier(table)})`;
}

/**
 * The speed over several days together.
 * @param day the first day
 * @param missing the days that are not stored
 */
export async function readPeriodSpeed(em: EntityManager, day: string, missing: Days): Promise<Speed> {
  // A parameter, not computed in SQL, so that the planner can tell how few requests match.
  const since = new Date(Math.max(missing.from.getTime(), getStartOfDay(day, missing.timeZone).getTime()));
  const found = await queryRow<{ firsts: number; closed: number; first: number[] | null; close: number[] | null }>(
    em,
    sql`WITH stored AS MATERIALIZED (
       SELECT first_took, close_took FROM kept_day
        WHERE time_zone = ${missing.timeZone} AND day >= ${day}::date AND day < ${missing.days[0]}::date
     ), first_of AS MATERIALIZED (
       SELECT unnest(first_took) AS duration_ms FROM stored
       UNION ALL SELECT round(${timeToFirstMs})::bigint FROM lease_request WHERE first_assigned_at >= ${since}::timestamptz AND NOT sandbox
     ), close_of AS MATERIALIZED (
       SELECT unnest(close_took) AS duration_ms FROM stored
       UNION ALL SELECT round(${timeToCloseMs})::bigint FROM lease_request
                  WHERE closed_at >= ${since}::timestamptz AND closed_by = 'staff' AND NOT sandbox
     )
     SELECT (SELECT count(*) FROM first_of) AS firsts, ${percentilesSql('first_of')} AS first,
            (SELECT count(*) FROM close_of) AS closed, ${percentilesSql('close_of')} AS close`,
  );
  const [firstMedianMs, firstP95Ms] = found!.first ?? [];
  const [closeMedianMs, closeP95Ms] = found!.close ?? [];
  return {
    firsts: found!.firsts,
    firstMedianMs: roundMs(firstMedianMs),
    firstP95Ms: roundMs(firstP95Ms),
    closed: found!.closed,
    closeMedianMs: roundMs(closeMedianMs),
    closeP95Ms: roundMs(closeP95Ms),
  };
}

function roundMs(milliseconds: number | null | undefined): number | null {
  return milliseconds === null || milliseconds === undefined ? null : Math.round(milliseconds);
}

import type { EntityManager } from 'typeorm';
import { queryRow } from '../core/sql.js';
import { closeTook, firstTook } from './daily-figures.js';
import { getStartOfDay, type Days } from './business-days.js';
import type { Speed } from './figures.js';

const both = (of: string) => `(SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY took) FROM ${of})`;

/**
 * What all requests of some days took together.
 * @param day the first of them
 * @param left the days that are not kept
 */
export async function readPeriodSpeed(em: EntityManager, day: string, left: Days): Promise<Speed> {
  // A beginning that is known beforehand, for the planner to see how little there is.
  const since = new Date(Math.max(left.from.getTime(), getStartOfDay(day, left.timeZone).getTime()));
  const found = await queryRow<{ firsts: number; closed: number; first: number[] | null; close: number[] | null }>(
    em,
    `WITH kept AS MATERIALIZED (
       SELECT first_took, close_took FROM kept_day WHERE time_zone = $1 AND day >= $2::date AND day < $3::date
     ), first_of AS MATERIALIZED (
       SELECT unnest(first_took) AS took FROM kept
       UNION ALL SELECT round(${firstTook})::bigint FROM lease_request WHERE first_assigned_at >= $4
     ), close_of AS MATERIALIZED (
       SELECT unnest(close_took) AS took FROM kept
       UNION ALL SELECT round(${closeTook})::bigint FROM lease_request WHERE closed_at >= $4 AND closed_by = 'staff'
     )
     SELECT (SELECT count(*) FROM first_of) AS firsts, ${both('first_of')} AS first,
            (SELECT count(*) FROM close_of) AS closed, ${both('close_of')} AS close`,
    [left.timeZone, day, left.days[0], since],
  );
  const [firstMedianMs, firstP95Ms] = found!.first ?? [];
  const [closeMedianMs, closeP95Ms] = found!.close ?? [];
  return {
    firsts: found!.firsts,
    firstMedianMs: whole(firstMedianMs),
    firstP95Ms: whole(firstP95Ms),
    closed: found!.closed,
    closeMedianMs: whole(closeMedianMs),
    closeP95Ms: whole(closeP95Ms),
  };
}

function whole(milliseconds: number | null | undefined): number | null {
  return milliseconds === null || milliseconds === undefined ? null : Math.round(milliseconds);
}

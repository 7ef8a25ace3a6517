import { sql, type Sql } from './sql.js';

/** `addBillingMonths` in SQL; each argument is an expression, such as a column. */
export function addBillingMonthsSql(assignedAt: Sql, anchorDay: Sql, months: Sql): Sql {
  const inUtc = sql`${assignedAt} AT TIME ZONE 'UTC'`;
  const month = sql`date_trunc('month', ${inUtc}) + make_interval(months => ${months})`;
  const day = sql`least(${month} + interval '1 day' * (${anchorDay} - 1), ${month} + interval '1 month -1 day')`;
  return sql`((${day} + (${inUtc})::time) AT TIME ZONE 'UTC')`;
}

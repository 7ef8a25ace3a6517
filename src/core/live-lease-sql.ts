import { identifier, sql, type Sql } from './sql.js';

/** Whether a lease still runs, past due or not; the partial indexes of `lease` name the same statuses. @param lease its table or alias */
export function isLiveSql(lease = 'lease'): Sql {
  return sql`${identifier(lease)}.status IN ('active', 'past_due')`;
}

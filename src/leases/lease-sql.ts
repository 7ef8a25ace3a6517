import { identifier, sql, type Sql } from '../core/sql.js';

export { isLiveSql } from '../core/live-lease-sql.js';

/** Whether a lease counts in its request: an undone one does not. @param lease its table or alias */
export function isNotUndoneSql(lease = 'lease'): Sql {
  return sql`${identifier(lease)}.status <> 'undone'`;
}

/** Whether a lease was replaced by another one, even if that was undone since. @param lease its table or alias */
export function isReplacedSql(lease: string): Sql {
  const replaced = identifier(lease);
  return sql`EXISTS (
    SELECT FROM lease next WHERE next.lease_request_id = ${replaced}.lease_request_id AND next.replaces_id = ${replaced}.id)`;
}

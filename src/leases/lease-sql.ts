import { identifier, sql, type Sql } from '../core/sql.js';

export { isLiveSql } from '../core/live-lease-sql.js';

/** Whether a lease was replaced by another one, even if that was undone since. @param lease its table or alias */
export function isReplacedSql(lease: string): Sql {
  const replaced = identifier(lease);
  return sql`EXISTS (
    SELECT FROM lease next WHERE next.lease_request_id = ${replaced}.lease_request_id AND next.replaces_id = ${replaced}.id)`;
}

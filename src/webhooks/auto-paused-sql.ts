import { isOperatedSql } from '../core/operated-sql.js';
import { sql, type Sql } from '../core/sql.js';

/** For a `FROM`: the endpoints that their failures paused, as `endpoint`, with their `organization`. Those of sandboxes are left out. */
export function autoPausedEndpointsSql(): Sql {
  return sql`webhook_endpoint endpoint JOIN organization
       ON organization.id = endpoint.organization_id AND ${isOperatedSql()} AND endpoint.status = 'auto_paused' AND endpoint.deleted_at IS NULL`;
}

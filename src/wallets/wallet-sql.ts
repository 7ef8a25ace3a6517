import { sql, type Sql } from '../core/sql.js';

/** The id of a partner's wallet. @param organizationId an expression of type text */
export function walletIdSql(organizationId: Sql): Sql {
  return sql`('wallet:' || ${organizationId})`;
}

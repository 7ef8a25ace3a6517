import { identifier, sql, type Sql } from '../core/sql.js';

/** Whether an account can be leased now. @param account its table or alias */
export function isAvailableSql(account = 'social_account'): Sql {
  return sql`${identifier(account)}.status = 'available'`;
}

import { identifier, sql, type Sql } from './sql.js';

/** Whether operators are told about a partner: the one place that leaves out the sandboxes of partners. @param organization its table or alias */
export function isOperatedSql(organization = 'organization'): Sql {
  return sql`NOT ${identifier(organization)}.sandbox`;
}

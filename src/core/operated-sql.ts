import { identifier, sql, type Sql } from './sql.js';

/** Whether operators are told about a partner: not about sandboxes, whose requests are in no queue either (`isQueuedSql`). @param organization its table or alias */
export function isOperatedSql(organization = 'organization'): Sql {
  return sql`NOT ${identifier(organization)}.sandbox`;
}

import { identifier, sql, type Sql } from '../core/sql.js';

/** The id of a partner's wallet. @param organizationId an expression of type text */
export function walletIdSql(organizationId: Sql): Sql {
  return sql`('wallet:' || ${organizationId})`;
}

/** The id of the account of what a partner owes. @param organizationId an expression of type text */
export function owedIdSql(organizationId: Sql): Sql {
  return sql`('owed:' || ${organizationId})`;
}

/** Whether a transfer pays for a month of a lease. @param transfer its table or alias */
export function isChargeSql(transfer = 'ledger_transfer'): Sql {
  return sql`${identifier(transfer)}.kind IN ('lease_charge', 'lease_renewal')`;
}

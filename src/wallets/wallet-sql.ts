import { identifier, sql, type Sql } from '../core/sql.js';

/** The ledger account of a partner's wallet. @param organizationId the id, or an expression of it */
export function walletIdSql(organizationId: Sql | string): Sql {
  return sql`('wallet:' || ${organizationId})`;
}

/** The ledger account of what a partner owes. @param organizationId the id, or an expression of it */
export function owedIdSql(organizationId: Sql | string): Sql {
  return sql`('owed:' || ${organizationId})`;
}

/** By how many cents a transfer changed the partner's wallet: negative where it took from it. @param transfer its table or alias */
export function walletChangeSql(transfer: string): Sql {
  const amountCents = identifier(`${transfer}.amount_cents`);
  return sql`CASE WHEN starts_with(${identifier(`${transfer}.debit_account_id`)}, 'wallet:') THEN -${amountCents} ELSE ${amountCents} END`;
}

/**
 * A partner's monthly price of an account, in cents.
 * @param leasePriceCents the price of partners without one of their own
 * @param organization its table or alias
 */
export function priceCentsSql(leasePriceCents: number, organization = 'organization'): Sql {
  return sql`coalesce(${identifier(organization)}.price_cents, ${leasePriceCents}::bigint)`;
}

import { identifier, refusedIfSql, sql, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { isLiveSql } from '../core/live-lease-sql.js';
import { textKeySql } from '../core/text-key-sql.js';

/** The ledger account of a partner's wallet. @param organizationId the id, or an expression of it */
export function walletIdSql(organizationId: Sql | string): Sql {
  return sql`('wallet:' || ${organizationId})`;
}

/** The ledger account of what a partner owes. @param organizationId the id, or an expression of it */
export function owedIdSql(organizationId: Sql | string): Sql {
  return sql`('owed:' || ${organizationId})`;
}

/** Our side of a transfer. These accounts keep no balance: one hot row would queue all partners. */
export type OwnAccount = 'revenue' | 'funding' | 'adjustments';

/** The id of an account of ours; play money has accounts of its own. @param isSandbox an expression */
export function ownAccountIdSql(isSandbox: Sql, account: OwnAccount): Sql {
  return sql`(CASE WHEN ${isSandbox} THEN 'sandbox_' ELSE '' END || ${account}::text)`;
}

/** By how many cents a transfer changed the partner's wallet: negative where it took from it. @param transfer its table or alias */
export function walletChangeSql(transfer: string): Sql {
  const amountCents = identifier(`${transfer}.amount_cents`);
  return sql`CASE WHEN starts_with(${identifier(`${transfer}.debit_account_id`)}, 'wallet:') THEN -${amountCents} ELSE ${amountCents} END`;
}

/** Whether a column holds a payment's reference, however that is typed; an index serves it. */
export function isReferenceSql(column: Sql, reference: string | null | undefined): Sql {
  return sql`(${column} IS NOT NULL AND ${textKeySql(column)} = ${reference ? toTextKey(reference) : null})`;
}

/** Whether a transfer pays for a month of a lease. @param transfer its table or alias */
export function isChargeSql(transfer = 'ledger_transfer'): Sql {
  return sql`${identifier(transfer)}.kind IN ('lease_charge', 'lease_renewal')`;
}

/** A partner's monthly price of an account, in cents. @param leasePriceCents the price of partners without one of their own */
export function organizationPriceSql(leasePriceCents: number): Sql {
  return sql`coalesce(organization.price_cents, ${leasePriceCents}::bigint)`;
}

/** Below what the wallet of `organization` is low: its threshold or, without one, a month of its live leases; `null` without either. */
export const lowThresholdSql = sql`coalesce(
  organization.low_balance_threshold_cents,
  (SELECT sum(lease.price_cents) FROM lease WHERE lease.organization_id = organization.id AND ${isLiveSql()}))`;

/** Whether a wallet is low; `panel_wallet` has the same rule. Reads `wallet` and `organization`. */
export function isLowSql(): Sql {
  return sql`coalesce(wallet.balance_cents - wallet.owed_cents < ${lowThresholdSql}, false)`;
}

/** Below what a wallet is low, as a transaction read it before it locks the wallet's row. */
export interface LowBound {
  /** Its threshold or, without one, a month of its live leases. */
  cents: number;
  /** The newest line of the wallet's statement when those leases were read; `null` for a threshold. */
  walletSeq: number | null;
}

/**
 * Fails (`isRefused`) where a wallet may have become low since it was read. Runs after a statement that locked the wallet: of two changes
 * at the same moment, the later one sees what the earlier one left. Each live lease since then came with a debit of its price, so nothing
 * need be read but the lines of the statement since then.
 * @param bound read under a share lock of the organization, which keeps its threshold
 */
export function refuseLowSql(organizationId: string, { cents, walletSeq }: LowBound): Sql {
  const debitedSince = sql`(SELECT coalesce(sum(transfer.amount_cents), 0) FROM ledger_transfer transfer
                             WHERE transfer.organization_id = ${organizationId} AND transfer.wallet_seq > ${walletSeq}::bigint
                               AND transfer.debit_account_id = wallet.id)`;
  const lowBelow = sql`${cents}::bigint + CASE WHEN ${walletSeq !== null}::boolean THEN ${debitedSince} ELSE 0 END`;
  return sql`SELECT ${refusedIfSql(sql`wallet.low_since IS NULL AND wallet.balance_cents - wallet.owed_cents < ${lowBelow}`)} AS "isNotLow"
               FROM ledger_account wallet WHERE wallet.id = ${walletIdSql(organizationId)}`;
}

/** Who proposed a transfer that a second person approved, else null. @param transfer its table or alias */
export function proposedBySql(transfer: string): Sql {
  const isOfTransfer = sql`(proposal.transaction_id = ${identifier(`${transfer}.id`)} OR proposal.reverses_id = ${identifier(`${transfer}.reverses_id`)})`;
  return sql`(SELECT coalesce(author.name, proposal.proposed_by)
                FROM movement_proposal proposal LEFT JOIN staff_user author ON author.id = proposal.proposed_by
               WHERE proposal.decision = 'approved' AND ${isOfTransfer}
               ORDER BY proposal.decided_at, proposal.id LIMIT 1)`;
}

/**
 * What follows for a wallet from the end of a lease that nothing is refunded for: its threshold may sink, so that it is low no more. It
 * cannot become low. Locked first: of two changes at the same moment, the later one compares with what the earlier one left.
 */
export function lowEndsSql(organizationId: string): [Sql, Sql] {
  return [
    sql`SELECT id FROM ledger_account WHERE id = ${walletIdSql(organizationId)} AND low_since IS NOT NULL FOR NO KEY UPDATE`,
    sql`UPDATE ledger_account wallet SET low_since = NULL
          FROM organization
         WHERE wallet.id = ${walletIdSql(organizationId)} AND organization.id = ${organizationId}
           AND wallet.low_since IS NOT NULL AND NOT ${isLowSql()}`,
  ];
}

import { sql, type Sql } from '../core/sql.js';
import { isOpenSql } from '../lease-requests/lease-request-sql.js';
import { organizationPriceSql, walletIdSql } from '../wallets/wallet-sql.js';
import { urgency } from './urgency.js';

/** Of the accounts that an open request still wants (docs/decisions/020). */
export interface WalletCover {
  /** How many the wallet covers after what the same partner's earlier requests still want. */
  walletCovers: number;
  /** How many it would cover if that were the partner's only request. */
  walletCoversAlone: number;
}

const wanted = sql`(request.count - request.assigned_count)`;

/** The columns of `WalletCover`, of an open `request` and its row `ranked` of `rankedRequestsSql`. */
export const walletCoverColumns = sql`greatest(0, least(ranked.covers - ranked.earlier, ${wanted})) AS "walletCovers",
  least(ranked.covers, ${wanted}) AS "walletCoversAlone"`;

/**
 * Every open request of some partners: its `id`, the number of accounts that it still `wanted`, that the wallet `covers`, and that
 * the same partner's `earlier` requests still want.
 * @param payers a query of each partner's `id` and what its wallet `covers`
 */
function rankedSql(payers: Sql): Sql {
  return sql`
    SELECT request.id, payer.covers, ${wanted} AS wanted,
           coalesce(sum(${wanted}) OVER (PARTITION BY request.organization_id ORDER BY ${urgency}
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS earlier
      FROM (${payers}) payer JOIN lease_request request ON request.organization_id = payer.id AND ${isOpenSql()}`;
}

/** The same of a few partners. @param partners a relation `partner` with `organization_id`, each partner once */
export function rankedRequestsSql(partners: Sql, leasePriceCents: number): Sql {
  return rankedSql(sql`
    SELECT organization.id, ${coversSql(leasePriceCents)} AS covers
      FROM ${partners}
      JOIN organization ON organization.id = partner.organization_id
      JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`partner.organization_id`)}`);
}

/** How many accounts the wallet pays for: none while something is owed. Of `organization` and its `wallet`. */
function coversSql(leasePriceCents: number): Sql {
  return sql`CASE WHEN wallet.owed_cents > 0 THEN 0 ELSE wallet.balance_cents / ${organizationPriceSql(leasePriceCents)} END`;
}

/**
 * Whether the wallet is short for an open `request`: staff say so, or it covers fewer accounts than it still wants, after the
 * partner's earlier ones.
 * Ranks the requests of those partners alone whose wallets do not cover all that they want.
 */
export function isWalletShortSql(leasePriceCents: number): Sql {
  const covers = coversSql(leasePriceCents);
  const payers = sql`
    SELECT organization.id, ${covers} AS covers
      FROM (SELECT request.organization_id, sum(${wanted}) AS wanted FROM lease_request request
             WHERE ${isOpenSql()} GROUP BY request.organization_id) partner
      JOIN organization ON organization.id = partner.organization_id
      JOIN ledger_account wallet ON wallet.organization_id = organization.id AND wallet.kind = 'wallet'
     WHERE ${covers} < partner.wanted`;
  return sql`(request.blocker IS NOT DISTINCT FROM 'wallet_short' OR request.id IN (
    SELECT ranked.id FROM (${rankedSql(payers)}) ranked WHERE ranked.earlier + ranked.wanted > ranked.covers))`;
}

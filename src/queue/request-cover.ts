import type { EntityManager } from 'typeorm';
import { joinSql, literal, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import type { BlockerKind } from '../lease-requests/lease-request-status.js';
import { earlierWishesSql, type PlacedWish } from './earlier-wishes.js';
import { readPoolFits, type PoolFits } from './pool-fits.js';
import { urgency } from './urgency.js';
import { rankedRequestsSql, walletCoverColumns, type WalletCover } from './wallet-cover.js';

/** A request that is served before another one and takes something from it. */
export interface EarlierRequest {
  id: string;
  partner: string;
  vertical: string;
  /** How many accounts it still wants. */
  wanted: number;
  dueAt: Date | null;
  pausedAt: Date | null;
  blocker: BlockerKind | null;
  /** For how many accounts it takes the wallet's money. */
  walletTakes: number;
  /** How many of the accounts that fit both it may take. */
  poolTakes: number;
}

/** What the wallet covers and the pool has for one open request, and who takes what before it. */
export interface RequestCover extends WalletCover, PoolFits {
  /** How many accounts the same partner's earlier requests still want. */
  earlierWanted: number;
  /** The most urgent of them, and how many there are. */
  earlier: { count: number; requests: EarlierRequest[] };
}

const MAX_SHOWN = 5;

/** The same figures as the queue's. */
export async function readRequestCover(
  em: EntityManager,
  request: PlacedWish & { organizationId: string },
  leasePriceCents: number,
): Promise<RequestCover> {
  const [wallet, [fits]] = await Promise.all([
    readWalletCover(em, request, leasePriceCents),
    readPoolFits(em, [request]),
  ]);
  const takers: Sql[] = [];
  if (wallet.walletCovers < wallet.walletCoversAlone)
    takers.push(walletTakersSql(request.organizationId, leasePriceCents));
  if (fits!.poolFits < fits!.poolFitsAlone) takers.push(poolTakersSql);
  const found = takers.length > 0 ? await readTakers(em, request, joinSql(takers, ' UNION ALL ')) : [];
  const requests = found.map(({ total: _total, ...shown }) => shown);
  return { ...wallet, ...fits!, earlier: { count: found[0]?.total ?? 0, requests } };
}

async function readWalletCover(
  em: EntityManager,
  { id, organizationId }: { id: string; organizationId: string },
  leasePriceCents: number,
): Promise<WalletCover & { earlierWanted: number }> {
  const partner = sql`(SELECT ${organizationId}::text AS organization_id) partner`;
  const found = await queryRow<WalletCover & { earlierWanted: number }>(
    em,
    sql`SELECT ${walletCoverColumns}, ranked.earlier AS "earlierWanted" FROM (${rankedRequestsSql(partner, leasePriceCents)}) ranked
          JOIN lease_request request ON request.id = ranked.id WHERE request.id = ${id}`,
  );
  return found ?? { walletCovers: 0, walletCoversAlone: 0, earlierWanted: 0 };
}

/** The partner's own earlier requests. */
function walletTakersSql(organizationId: string, leasePriceCents: number): Sql {
  const partner = sql`(SELECT ${organizationId}::text AS organization_id) partner`;
  return sql`SELECT ranked.id, least(ranked.covers - ranked.earlier, request.count - request.assigned_count) AS wallet, 0 AS pool
    FROM (${rankedRequestsSql(partner, leasePriceCents)}) ranked
    JOIN lease_request request ON request.id = ranked.id
    JOIN asked ON (${urgency}) < (asked.paused, asked.at, asked.id)`;
}

/** Of equal wishes the more urgent one takes first, and all together no more than fits. */
const poolTakersSql = sql`SELECT by_wish.id, 0 AS wallet,
         least(by_wish.takes, found.fits - sum(by_wish.takes) OVER (ORDER BY by_wish.paused, by_wish.at, by_wish.id) + by_wish.takes) AS pool
    FROM (SELECT one.id, one.paused, one.at,
                 greatest(0, least(one.wanted, earlier_wish.takes + one.wanted - sum(one.wanted) OVER (
                   PARTITION BY one.common, one.language, one.geo ORDER BY one.paused, one.at, one.id))) AS takes
            FROM earlier_request one
            JOIN earlier_wish ON (earlier_wish.common, earlier_wish.language, earlier_wish.geo)
                                 IS NOT DISTINCT FROM (one.common, one.language, one.geo)) by_wish
   CROSS JOIN found`;

/** @param takers `id`, `wallet` and `pool` of requests; what is not positive takes nothing */
function readTakers(
  em: EntityManager,
  request: PlacedWish,
  takers: Sql,
): Promise<(EarlierRequest & { total: number })[]> {
  return queryRows(
    em,
    sql`WITH ${earlierWishesSql([request])}
     SELECT request.id, organization.name AS partner, request.vertical, request.count - request.assigned_count AS wanted,
            request.due_at AS "dueAt", request.paused_at AS "pausedAt", request.blocker,
            taker.wallet AS "walletTakes", taker.pool AS "poolTakes", count(*) OVER () AS total
       FROM (SELECT id, greatest(0, max(wallet))::bigint AS wallet, greatest(0, max(pool))::bigint AS pool
               FROM (${takers}) taken WHERE wallet > 0 OR pool > 0 GROUP BY id) taker
       JOIN lease_request request ON request.id = taker.id
       JOIN organization ON organization.id = request.organization_id
      ORDER BY ${urgency} LIMIT ${literal(MAX_SHOWN)}`,
  );
}

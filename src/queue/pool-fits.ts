import type { EntityManager } from 'typeorm';
import { MAX_COUNTED } from '../account-pool/matching.js';
import { literal, queryRows, sql } from '../core/sql.js';
import { earlierWishesSql, type PlacedWish } from './earlier-wishes.js';

/** Available accounts that fit an open request, counted up to 101 (docs/decisions/020). */
export interface PoolFits {
  /** How many are left after what earlier requests for the same accounts still want. */
  poolFits: number;
  /** How many fit. */
  poolFitsAlone: number;
}

const max = literal(MAX_COUNTED);

/** In the order of the requests. */
export async function readPoolFits(em: EntityManager, requests: PlacedWish[]): Promise<PoolFits[]> {
  if (requests.length === 0) return [];
  return queryRows<PoolFits>(
    em,
    sql`WITH ${earlierWishesSql(requests)}
     SELECT least(${max}, greatest(0, found.fits - coalesce(taken.accounts, 0)))::int AS "poolFits",
            least(${max}, found.fits)::int AS "poolFitsAlone"
       FROM found
       LEFT JOIN (SELECT place, sum(takes) AS accounts FROM earlier_wish GROUP BY place) taken ON taken.place = found.place
      ORDER BY found.place`,
  );
}

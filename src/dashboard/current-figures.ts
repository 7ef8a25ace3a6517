import type { EntityManager } from 'typeorm';
import { joinSql, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { isClaimed, isQueuedSql, requestVertical } from '../lease-requests/lease-request-sql.js';
import { queueTables } from '../queue/queue-conditions.js';
import { isWalletShortSql } from '../queue/wallet-cover.js';
import { autoPausedEndpointsSql } from '../webhooks/auto-paused-sql.js';
import { organizationPriceSql } from '../wallets/wallet-sql.js';
import type { Tiles, Warm } from './figures.js';

export interface CurrentFigures extends Omit<Tiles, 'leases' | 'books'> {
  open: number;
}

export async function readCurrentFigures(
  em: EntityManager,
  now: Date,
  leasePriceCents: number,
): Promise<CurrentFigures> {
  const found = await queryRow<Counted>(
    em,
    sql`WITH open AS (
       SELECT request.organization_id, request.count - request.assigned_count AS wanted, request.blocker,
              CASE WHEN request.paused_at IS NULL AND request.due_at < ${now}::timestamptz
                   THEN extract(epoch FROM ${now}::timestamptz - request.due_at) * 1000 END AS over,
              CASE WHEN ${isClaimed} THEN request.claimed_by END AS holder,
              ${isWalletShortSql(leasePriceCents)} AS short,
              wallet.balance_cents AS balance, wallet.owed_cents AS owed, ${organizationPriceSql(leasePriceCents)} AS price
         FROM ${queueTables} WHERE ${isQueuedSql()}
     )
     SELECT ${joinSql(tileColumns, ', ')},
            (SELECT coalesce(sum(greatest(0, lacking.owed + lacking.wanted * lacking.price - lacking.balance)), 0)::bigint
               FROM (SELECT max(owed) AS owed, max(balance) AS balance, max(price) AS price, sum(wanted) AS wanted
                       FROM open GROUP BY organization_id HAVING bool_or(short)) lacking) AS "missingCents",
            (SELECT count(*) FROM lease WHERE status = 'past_due' AND NOT sandbox) AS "pastDue",
            (SELECT min(past_due_since) FROM lease WHERE status = 'past_due' AND NOT sandbox) AS "pastDueSince",
            (SELECT count(*) FROM ${autoPausedEndpointsSql()}) AS "pausedWebhooks",
            (SELECT count(DISTINCT endpoint.organization_id) FROM ${autoPausedEndpointsSql()}) AS "partnersOfPaused"
       FROM open`,
  );
  const { open, overdue, oldestMs, blocked, heldUp, held, colleagues, short, missingCents, pastDue, pastDueSince } =
    found!;
  const { pausedWebhooks, partnersOfPaused } = found!;
  return {
    open,
    overdue: { count: overdue, oldestMs: overdue > 0 ? oldestMs : null },
    blocked: { count: blocked, accounts: heldUp },
    held: { count: held, colleagues },
    walletShort: { count: short, missingCents },
    pastDue: { count: pastDue, since: pastDueSince },
    pausedWebhooks: { count: pausedWebhooks, partners: partnersOfPaused },
  };
}

const tileColumns = [
  sql`count(*) AS open`,
  sql`count(over) AS overdue`,
  sql`max(over)::bigint AS "oldestMs"`,
  sql`count(blocker) AS blocked`,
  sql`coalesce(sum(wanted) FILTER (WHERE blocker IS NOT NULL), 0)::bigint AS "heldUp"`,
  sql`count(holder) AS held`,
  sql`count(DISTINCT holder) AS colleagues`,
  sql`count(*) FILTER (WHERE short) AS short`,
];

interface Counted {
  open: number;
  overdue: number;
  oldestMs: number;
  blocked: number;
  heldUp: number;
  held: number;
  colleagues: number;
  short: number;
  missingCents: number;
  pastDue: number;
  pastDueSince: Date | null;
  pausedWebhooks: number;
  partnersOfPaused: number;
}

interface Demand {
  vertical: string;
  language: string;
  requests: number;
  wanted: number;
}

const MAX_VERTICALS = 12;
const MAX_LANGUAGES = 8;
const COUNTED_BEYOND = 100;

export async function readWarmingDemand(em: EntityManager): Promise<Warm> {
  const demand = await queryRows<Demand>(
    em,
    sql`SELECT coalesce(mapped.vertical, wish.vertical) AS vertical,
            coalesce(lower(split_part(request.language, '-', 1)), 'any') AS language,
            count(*) AS requests, sum(request.count - request.assigned_count)::bigint AS wanted
       FROM lease_request request
       JOIN organization ON organization.id = request.organization_id
       CROSS JOIN LATERAL (SELECT ${requestVertical} AS vertical) wish
       LEFT JOIN vertical_synonym mapped ON mapped.synonym = wish.vertical
      WHERE ${isQueuedSql()} GROUP BY 1, 2`,
  );
  const verticals = listMostWanted(demand, 'vertical', MAX_VERTICALS);
  const languages = listMostWanted(demand, 'language', MAX_LANGUAGES);
  const wantedOf = new Map(demand.map((one) => [`${one.language} ${one.vertical}`, one]));
  const cells = verticals.flatMap((vertical) =>
    languages.map((language) => {
      const { requests = 0, wanted = 0 } = wantedOf.get(`${language} ${vertical}`) ?? {};
      return { vertical, language, requests, wanted };
    }),
  );
  const stock = await readStock(em, cells);
  return {
    verticals,
    languages,
    cells: cells.map((cell, index) => {
      const max = cell.wanted + COUNTED_BEYOND;
      return { ...cell, stock: Math.min(stock[index]!, max), stockIsMore: stock[index]! > max };
    }),
  };
}

function listMostWanted(demand: Demand[], part: 'vertical' | 'language', max: number): string[] {
  const wanted = new Map<string, number>();
  for (const one of demand) wanted.set(one[part], (wanted.get(one[part]) ?? 0) + one.wanted);
  return [...wanted]
    .sort(([name, one], [otherName, other]) => other - one || (name < otherName ? -1 : 1))
    .slice(0, max)
    .map(([name]) => name);
}

async function readStock(em: EntityManager, cells: Omit<Demand, 'requests'>[]): Promise<number[]> {
  const asked = cells.map(({ vertical, language, wanted }, index) => ({
    index,
    vertical,
    language: language === 'any' ? null : language,
    max: wanted + COUNTED_BEYOND + 1,
  }));
  const branch = (language: Sql) => sql`
    (SELECT FROM pool_entry entry
      WHERE NOT entry.sandbox AND entry.vertical = cell.vertical AND ${language} LIMIT cell.max)`;
  const counted = await queryRows<{ n: number }>(
    em,
    sql`SELECT (SELECT count(*) FROM (${branch(sql`cell.language IS NOT NULL AND entry.primary_language = cell.language`)}
                                   UNION ALL ${branch(sql`cell.language IS NULL`)}) stock) AS n
       FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS cell(index int, vertical text, language text, max bigint)
      ORDER BY cell.index`,
  );
  return counted.map(({ n }) => n);
}

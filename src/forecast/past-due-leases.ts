import type { EntityManager } from 'typeorm';
import { literal, queryRows, sql, type Sql } from '../core/sql.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { walletIdSql } from '../wallets/wallet-sql.js';

export interface PastDueLease {
  leaseId: string;
  socialAccountId: string;
  handle: string;
  organizationId: string;
  partner: string;
  priceCents: number;
  dueAt: Date;
  pastDueSince: Date;
  retryAt: Date;
  disconnectsAt: Date;
  /** The top-up that pays for all its due months, and for every older one of the partner. */
  topUpCents: number;
}

/** The calendar month, counted from year 0. @param time an expression of type timestamp */
function toMonthNumberSql(time: Sql): Sql {
  // As double precision: `extract` gives numeric, which costs several times as much.
  return sql`(date_part('year', ${time}) * 12 + date_part('month', ${time}))::int`;
}

/**
 * The past-due leases, those to be disconnected soonest first. A lease stays past due until the last of its due months is paid, and money
 * pays the oldest month first (`renewal-plan.ts`), so a lease's top-up is a running sum over its partner's months in that order.
 * The last due month of a lease begins in this calendar month or the one before it, so of the months that begin earlier only the sum
 * counts, not the order. All times in the statement are in UTC, without a time zone.
 * @param limit a constant
 */
export function readPastDueLeases(em: EntityManager, now: Date, limit: number): Promise<PastDueLease[]> {
  return queryRows<PastDueLease>(em, toPastDueLeasesSql(now, limit));
}

/** The statement of {@link readPastDueLeases}. */
export function toPastDueLeasesSql(now: Date, limit: number): Sql {
  const nowInUtc = sql`(${now}::timestamptz AT TIME ZONE 'UTC')`;
  return sql`
     WITH shown AS MATERIALIZED (
       SELECT id, organization_id, handle, disconnects_at FROM panel_lease
        WHERE status = 'past_due' AND organization_id NOT IN (SELECT organization.id FROM organization WHERE organization.sandbox)
        ORDER BY disconnects_at, id LIMIT ${literal(limit)}
     ), calendar AS MATERIALIZED (
       SELECT months_ago, starts_at, date_part('day', starts_at + interval '1 month -1 day')::int AS days
         FROM (SELECT months_ago, date_trunc('month', ${nowInUtc}) - make_interval(months => months_ago) AS starts_at
                 FROM generate_series(0, 1) months_ago) month
     ), due AS (
       SELECT id, organization_id, price_cents, anchor_day, first_at, ${toMonthNumberSql(nowInUtc)} - ${toMonthNumberSql(sql`first_at`)} AS months
         FROM (SELECT id, organization_id, price_cents, anchor_day, next_renewal_at AT TIME ZONE 'UTC' AS first_at
                 FROM lease
                WHERE organization_id IN (SELECT organization_id FROM shown)
                  AND ${isLiveSql()} AND (status = 'past_due' OR next_renewal_at <= ${now}::timestamptz)) lease
     ), older AS (
       SELECT organization_id, sum(price_cents * greatest(0, months - 1)) AS cents FROM due GROUP BY organization_id
     ), due_month AS (
       SELECT id, organization_id, price_cents, first_at,
              CASE WHEN months <= 0 THEN first_at ELSE starts_at + make_interval(days => least(anchor_day, days) - 1) + first_at::time END AS begins_at
         FROM due JOIN calendar ON months_ago <= greatest(0, months)
     ), running_sum AS (
       SELECT id, organization_id, sum(price_cents) OVER (PARTITION BY organization_id ORDER BY begins_at, id ROWS UNBOUNDED PRECEDING) AS cents
         FROM due_month WHERE begins_at = first_at OR begins_at <= ${nowInUtc}
     ), needed AS (
       SELECT id, max(running_sum.cents) + older.cents AS cents
         FROM running_sum JOIN older USING (organization_id)
        WHERE id IN (SELECT id FROM shown)
        GROUP BY id, older.cents
     )
     SELECT lease.id AS "leaseId", lease.social_account_id AS "socialAccountId", shown.handle,
            lease.organization_id AS "organizationId", organization.name AS partner, lease.price_cents AS "priceCents",
            lease.next_renewal_at AS "dueAt", lease.past_due_since AS "pastDueSince", lease.retry_at AS "retryAt",
            shown.disconnects_at AS "disconnectsAt",
            greatest(0, wallet.owed_cents - wallet.balance_cents + needed.cents)::bigint AS "topUpCents"
       FROM shown
       JOIN needed ON needed.id = shown.id
       JOIN lease ON lease.id = shown.id
       JOIN organization ON organization.id = lease.organization_id
       JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`lease.organization_id`)}
      ORDER BY shown.disconnects_at, lease.id`;
}

import type { EntityManager } from 'typeorm';
import { queryRows } from '../core/sql.js';
import { addBillingMonthsSql } from '../core/billing-calendar.js';

/** A lease that is past due, with its clock. */
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
  /** The top-up after which it is not past due any more: it pays for all its months that are due, and for every older one of the partner. */
  topUpCents: number;
}

/** In SQL: the calendar month (UTC) of a moment, counted from year 0. */
const toMonthNumberSql = (moment: string) =>
  `(extract(year FROM ${moment} AT TIME ZONE 'UTC') * 12 + extract(month FROM ${moment} AT TIME ZONE 'UTC'))::int`;

/**
 * The past-due leases that are disconnected soonest. A lease stays past due until the last of its months that are due is paid, and money
 * goes to months by their beginning (`renewal-plan.ts`), so each one's figure is the sum of its partner's months in that order.
 */
export function readPastDueLeases(em: EntityManager, now: Date, limit: number): Promise<PastDueLease[]> {
  return queryRows<PastDueLease>(
    em,
    `WITH shown AS MATERIALIZED (
       SELECT id, organization_id, handle, disconnects_at FROM panel_lease
        WHERE status = 'past_due' ORDER BY disconnects_at, id LIMIT $2
     ), due AS (
       SELECT id, organization_id, price_cents, next_renewal_at AS first_at, anchor_day,
              ${toMonthNumberSql('$1::timestamptz')} - ${toMonthNumberSql('next_renewal_at')} AS months
         FROM lease
        WHERE organization_id IN (SELECT organization_id FROM shown)
          AND status IN ('active', 'past_due') AND (status = 'past_due' OR next_renewal_at <= $1)
     ), due_month AS (
       SELECT due.id, organization_id, price_cents, ${addBillingMonthsSql('first_at', 'anchor_day', 'nth')} AS begins_at, nth
         FROM due CROSS JOIN generate_series(0, greatest(0, months)) nth
     ), adding_up AS (
       SELECT id, sum(price_cents) OVER (PARTITION BY organization_id ORDER BY begins_at, id ROWS UNBOUNDED PRECEDING) AS cents
         FROM due_month WHERE nth = 0 OR begins_at <= $1::timestamptz
     ), needed AS (
       SELECT id, max(cents) AS cents FROM adding_up WHERE id IN (SELECT id FROM shown) GROUP BY id
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
       JOIN ledger_account wallet ON wallet.id = 'wallet:' || lease.organization_id
      ORDER BY shown.disconnects_at, lease.id`,
    [now, limit],
  );
}

import type { EntityManager } from 'typeorm';
import { literal, noSql, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { toPastDue } from '../leases/grace.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { walletIdSql } from '../wallets/wallet-sql.js';
import { getSpendableCents, type DueLease, type Funds } from './renewal-plan.js';

interface DueRow extends Omit<DueLease, 'pastDue' | 'lockedByOthers'> {
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
}

/** A partner with at least one lease to be charged or attempted. */
export interface DuePartner {
  id: string;
  /** Leases that are due, those included whose next daily attempt is still to come. */
  dueCount: number;
  /** Leases whose first or daily attempt is due; 0 where the partner is listed only because its wallet covers a past-due lease now. */
  attemptCount: number;
}

const columns = sql`lease.id, lease.lease_request_id AS "leaseRequestId", lease.project_id AS "projectId",
  lease.social_account_id AS "socialAccountId", lease.price_cents AS "priceCents", lease.anchor_day AS "anchorDay",
  lease.next_renewal_at AS "dueAt", lease.past_due_since AS "pastDueSince", lease.retry_at AS "retryAt",
  lease.grace_days_tried AS "graceDaysTried"`;

export function isDueSql(now: Date): Sql {
  return sql`${isLiveSql()} AND lease.next_renewal_at <= ${now}::timestamptz`;
}

export function isAttemptDueSql(now: Date): Sql {
  return sql`(lease.status = 'active' OR lease.retry_at <= ${now}::timestamptz)`;
}

/**
 * The partners with something to charge or attempt, the longest waiting first. A partner whose wallet covers its oldest due lease is always
 * listed, so any process finds what a top-up pays for, even if the one that booked it has crashed. Sandboxes have clocks of their own.
 */
export async function readDuePartners(em: EntityManager, now: Date): Promise<DuePartner[]> {
  return queryRows<DuePartner>(
    em,
    sql`SELECT late.organization_id AS id, late.due_count AS "dueCount", late.attempt_count AS "attemptCount"
       FROM (SELECT organization_id, count(*) AS due_count, count(*) FILTER (WHERE ${isAttemptDueSql(now)}) AS attempt_count,
                    min(next_renewal_at) AS since
               FROM lease WHERE ${isDueSql(now)} AND NOT sandbox GROUP BY organization_id) late
       JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`late.organization_id`)}
       JOIN LATERAL (SELECT price_cents FROM lease WHERE organization_id = late.organization_id AND ${isDueSql(now)}
                      ORDER BY next_renewal_at, id LIMIT 1) oldest ON true
      WHERE late.attempt_count > 0 OR (wallet.owed_cents = 0 AND oldest.price_cents <= wallet.balance_cents)
      ORDER BY late.since, late.organization_id`,
  );
}

/** The sandboxes with something to charge or attempt, by their own clocks. @param now everybody else's time */
export async function readDueSandboxes(em: EntityManager, now: Date): Promise<string[]> {
  const ownNow = sql`${now}::timestamptz + organization.clock_ahead_ms * interval '1 millisecond'`;
  const found = await queryRows<{ id: string }>(
    em,
    sql`SELECT DISTINCT organization.id
          FROM organization
          JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`organization.id`)}
          JOIN lease ON lease.organization_id = organization.id AND lease.sandbox AND ${isLiveSql()} AND lease.next_renewal_at <= ${ownNow}
         WHERE organization.sandbox
           AND (lease.status = 'active' OR lease.retry_at <= ${ownNow} OR (wallet.owed_cents = 0 AND lease.price_cents <= wallet.balance_cents))
         ORDER BY 1`,
  );
  return found.map(({ id }) => id);
}

/**
 * One partner's due leases, the oldest first, as far as a plan needs them: all of them where the wallet covers the oldest; otherwise, since
 * nothing is charged before it, the oldest and those whose attempt is due.
 * @param limit a constant; none reads them all
 */
export async function readDueLeases(
  em: EntityManager,
  organizationId: string,
  now: Date,
  funds: Funds,
  limit?: number,
): Promise<DueLease[]> {
  const rows = await queryRows<DueRow>(
    em,
    sql`WITH oldest AS MATERIALIZED (
       SELECT id, price_cents FROM lease WHERE organization_id = ${organizationId} AND ${isDueSql(now)} ORDER BY next_renewal_at, id LIMIT 1
     )
     SELECT ${columns}
       FROM lease CROSS JOIN oldest
      WHERE lease.organization_id = ${organizationId} AND ${isDueSql(now)}
        AND (oldest.price_cents <= ${getSpendableCents(funds)}::bigint OR ${isAttemptDueSql(now)} OR lease.id = oldest.id)
      ORDER BY lease.next_renewal_at, lease.id ${limit === undefined ? noSql : sql`LIMIT ${literal(limit)}`}`,
  );
  return rows.map(toDueLease);
}

/** Locks those leases and reads them again. One that another transaction has locked or just ended comes back as `lockedByOthers`. */
export async function lockLeases(em: EntityManager, leases: readonly DueLease[], now: Date): Promise<DueLease[]> {
  const rows = await queryRows<DueRow>(
    em,
    sql`SELECT ${columns} FROM lease WHERE lease.id = ANY (${leases.map(({ id }) => id)}::text[]) AND ${isDueSql(now)}
      ORDER BY lease.id FOR UPDATE SKIP LOCKED`,
  );
  const locked = new Map(rows.map((row) => [row.id, toDueLease(row)]));
  return leases.map((lease) => locked.get(lease.id) ?? { ...lease, lockedByOthers: true });
}

/** The balance and the debt of a partner's wallet, without a lock. */
export async function readFunds(em: EntityManager, organizationId: string): Promise<Funds> {
  const funds = await queryRow<Funds>(
    em,
    sql`SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account
      WHERE id = ${walletIdSql(organizationId)}`,
  );
  return funds ?? { balanceCents: 0, owedCents: 0 };
}

function toDueLease({ pastDueSince, retryAt, graceDaysTried, ...lease }: DueRow): DueLease {
  return { ...lease, lockedByOthers: false, pastDue: toPastDue({ pastDueSince, retryAt, graceDaysTried }) };
}

import type { EntityManager } from 'typeorm';
import { queryRow, queryRows } from '../core/sql.js';
import { toPastDue } from '../leases/grace.js';
import { spendable, type DueLease, type Funds } from './renewal-plan.js';

interface DueRow extends Omit<DueLease, 'pastDue' | 'held'> {
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
}

/** A partner with something to be attempted. */
export interface PartnerDue {
  id: string;
  /** Leases that are due, those among them that wait for the attempt of their next day too. */
  due: number;
  /** Leases whose first or daily attempt has come; none where money has just come in for one past due. */
  toTry: number;
}

const columns = `lease.id, lease.lease_request_id AS "leaseRequestId", lease.project_id AS "projectId",
  lease.social_account_id AS "socialAccountId", lease.price_cents AS "priceCents", lease.anchor_day AS "anchorDay",
  lease.next_renewal_at AS "dueAt", lease.past_due_since AS "pastDueSince", lease.retry_at AS "retryAt",
  lease.grace_days_tried AS "graceDaysTried"`;
const isDue = (now: string) => `lease.status IN ('active', 'past_due') AND lease.next_renewal_at <= ${now}`;
const isToBeTried = (now: string) => `(lease.status = 'active' OR lease.retry_at <= ${now})`;

/**
 * The partners who have something to be attempted, the one that waits longest first. One whose oldest due lease is covered is among them
 * on any day: so a top-up needs to leave no word behind, whichever process looks next finds what it pays for.
 */
export async function readPartnersDue(em: EntityManager, now: Date): Promise<PartnerDue[]> {
  return queryRows<PartnerDue>(
    em,
    `SELECT late.organization_id AS id, late.due, late.to_try AS "toTry"
       FROM (SELECT organization_id, count(*) AS due, count(*) FILTER (WHERE ${isToBeTried('$1')}) AS to_try,
                    min(next_renewal_at) AS since
               FROM lease WHERE ${isDue('$1')} GROUP BY organization_id) late
       JOIN ledger_account wallet ON wallet.id = 'wallet:' || late.organization_id
       JOIN LATERAL (SELECT price_cents FROM lease WHERE organization_id = late.organization_id AND ${isDue('$1')}
                      ORDER BY next_renewal_at, id LIMIT 1) oldest ON true
      WHERE late.to_try > 0 OR (wallet.owed_cents = 0 AND oldest.price_cents <= wallet.balance_cents)
      ORDER BY late.since, late.organization_id`,
    [now],
  );
}

/**
 * One partner's due leases, the oldest first, as far as a plan needs them: where the oldest is covered all of them, and else, as nothing
 * is charged before it, that one and those whose attempt has come.
 */
export async function readDueLeases(
  em: EntityManager,
  organizationId: string,
  now: Date,
  funds: Funds,
  limit: number,
): Promise<DueLease[]> {
  const found = await queryRows<DueRow>(
    em,
    `WITH oldest AS MATERIALIZED (
       SELECT id, price_cents FROM lease WHERE organization_id = $1 AND ${isDue('$2')} ORDER BY next_renewal_at, id LIMIT 1
     )
     SELECT ${columns}
       FROM lease CROSS JOIN oldest
      WHERE lease.organization_id = $1 AND ${isDue('$2')}
        AND (oldest.price_cents <= $3::bigint OR ${isToBeTried('$2')} OR lease.id = oldest.id)
      ORDER BY lease.next_renewal_at, lease.id LIMIT $4`,
    [organizationId, now, spendable(funds), limit],
  );
  return found.map(toDueLease);
}

/** Locks those leases and reads them again; what somebody else has locked, or has just ended, counts as held. */
export async function lockLeases(em: EntityManager, leases: readonly DueLease[], now: Date): Promise<DueLease[]> {
  const found = await queryRows<DueRow>(
    em,
    `SELECT ${columns} FROM lease WHERE lease.id = ANY ($1) AND ${isDue('$2')} ORDER BY lease.id FOR UPDATE SKIP LOCKED`,
    [leases.map(({ id }) => id), now],
  );
  const ours = new Map(found.map((row) => [row.id, toDueLease(row)]));
  return leases.map((lease) => ours.get(lease.id) ?? { ...lease, held: true });
}

/** What a partner's wallet holds and owes now, in cents. */
export async function readFunds(em: EntityManager, organizationId: string): Promise<Funds> {
  const funds = await queryRow<Funds>(
    em,
    `SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account WHERE id = 'wallet:' || $1`,
    [organizationId],
  );
  return funds ?? { balanceCents: 0, owedCents: 0 };
}

function toDueLease({ pastDueSince, retryAt, graceDaysTried, ...lease }: DueRow): DueLease {
  return { ...lease, held: false, pastDue: toPastDue({ pastDueSince, retryAt, graceDaysTried }) };
}

import type { EntityManager } from 'typeorm';
import { oneRow, rows } from '../database/sql.js';
import type { DueLease, Funds } from './renewal-plan.js';

interface DueRow extends Omit<DueLease, 'pastDue'> {
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
}

/**
 * Whether a lease `lease` has to be attempted at `$now`: an active one when it is due, one past due once a day, and at once when
 * the wallet holds its price. So a top-up needs to leave no word behind: whichever process looks next finds what it pays for.
 */
function isToBeTried(now: string, spendableCents: string): string {
  return `lease.status IN ('active', 'past_due') AND lease.next_renewal_at <= ${now}
    AND (lease.status = 'active' OR lease.retry_at <= ${now} OR lease.price_cents <= ${spendableCents})`;
}

/** The partners who have something to be attempted, the one that waits longest first. */
export async function partnersDue(em: EntityManager, now: Date): Promise<{ id: string; leases: number }[]> {
  const spendableCents = 'CASE WHEN wallet.owed_cents > 0 THEN 0 ELSE wallet.balance_cents END';
  return rows<{ id: string; leases: number }>(
    em,
    `SELECT lease.organization_id AS id, count(*) AS leases
       FROM lease JOIN ledger_account wallet ON wallet.id = 'wallet:' || lease.organization_id
      WHERE ${isToBeTried('$1', spendableCents)}
      GROUP BY lease.organization_id ORDER BY min(lease.next_renewal_at), lease.organization_id`,
    [now],
  );
}

/**
 * One partner's leases that have to be attempted, the oldest due first.
 * @param spendableCents what its wallet can pay with
 * @param locking how their rows are held, if at all
 */
export async function dueLeases(
  em: EntityManager,
  organizationId: string,
  now: Date,
  spendableCents: number,
  limit: number,
  locking: '' | 'FOR UPDATE OF lease SKIP LOCKED',
): Promise<DueLease[]> {
  const found = await rows<DueRow>(
    em,
    `SELECT lease.id, lease.lease_request_id AS "leaseRequestId", lease.project_id AS "projectId",
            lease.social_account_id AS "socialAccountId", lease.price_cents AS "priceCents", lease.anchor_day AS "anchorDay",
            lease.next_renewal_at AS "dueAt", lease.past_due_since AS "pastDueSince", lease.retry_at AS "retryAt",
            lease.grace_days_tried AS "graceDaysTried"
       FROM lease
      WHERE lease.organization_id = $1 AND ${isToBeTried('$2', '$3::bigint')}
      ORDER BY lease.next_renewal_at, lease.id LIMIT $4 ${locking}`,
    [organizationId, now, spendableCents, limit],
  );
  return found.map(({ pastDueSince, retryAt, graceDaysTried, ...lease }) => ({
    ...lease,
    pastDue: pastDueSince && retryAt ? { pastDueSince, retryAt, graceDaysTried } : null,
  }));
}

/** What a partner's wallet holds and owes now, in cents. */
export async function fundsOf(em: EntityManager, organizationId: string): Promise<Funds> {
  const funds = await oneRow<Funds>(
    em,
    `SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account WHERE id = 'wallet:' || $1`,
    [organizationId],
  );
  return funds ?? { balanceCents: 0, owedCents: 0 };
}

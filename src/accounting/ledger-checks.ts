import { addBillingMonthsSql } from '../core/billing-calendar-sql.js';
import { sql, type Sql } from '../core/sql.js';
import { isLiveSql, isReplacedSql } from '../leases/lease-sql.js';
import { isChargeSql, ownAccountIdSql, owedIdSql, walletChangeSql, walletIdSql } from '../wallets/wallet-sql.js';
import { bookingTimeChecks } from './booking-time-checks.js';

const walletId = walletIdSql(sql`organization_id`);
const owedId = owedIdSql(sql`organization_id`);
const chargeStart = sql`charge.period_start`;
const anchorDay = sql`lease.anchor_day`;

/** Each statement returns a row for every error, with a sentence in `finding`; none when all is well. */
export const ledgerChecks: readonly Sql[] = [
  // Every wallet's balance and debt equal the sums of their transfers.
  sql`SELECT format('wallet of %s holds %s cents but its transfers add up to %s', wallet.organization_id, wallet.balance_cents, moved.sum) AS finding
     FROM ledger_account wallet
     LEFT JOIN (
       SELECT organization_id,
              sum(CASE WHEN credit_account_id = ${walletId} THEN amount_cents ELSE -amount_cents END) AS sum
         FROM ledger_transfer WHERE ${walletId} IN (credit_account_id, debit_account_id) GROUP BY 1
     ) of_wallet ON of_wallet.organization_id = wallet.organization_id
     CROSS JOIN LATERAL (SELECT coalesce(of_wallet.sum, 0) AS sum) moved
    WHERE wallet.kind = 'wallet' AND wallet.balance_cents <> moved.sum`,
  sql`SELECT format('%s owes %s cents by its wallet but %s by its transfers', wallet.organization_id, wallet.owed_cents, moved.sum) AS finding
     FROM ledger_account wallet
     LEFT JOIN (
       SELECT organization_id,
              sum(CASE WHEN debit_account_id = ${owedId} THEN amount_cents ELSE -amount_cents END) AS sum
         FROM ledger_transfer WHERE ${owedId} IN (credit_account_id, debit_account_id) GROUP BY 1
     ) of_debt ON of_debt.organization_id = wallet.organization_id
     CROSS JOIN LATERAL (SELECT coalesce(of_debt.sum, 0) AS sum) moved
    WHERE wallet.kind = 'wallet' AND wallet.owed_cents <> moved.sum`,
  sql`SELECT format('wallet of %s is negative: %s cents', organization_id, balance_cents) AS finding
     FROM ledger_account WHERE kind = 'wallet' AND (balance_cents < 0 OR owed_cents < 0)`,
  sql`SELECT format('organization %s has no wallet', id) AS finding FROM organization
    WHERE NOT EXISTS (SELECT 1 FROM ledger_account WHERE kind = 'wallet' AND organization_id = organization.id)`,
  // Sequences have no gaps, and each line's balance follows from the line before and its amount.
  sql`SELECT format('wallet of %s stands at line %s but has %s lines up to number %s', wallet.organization_id, wallet.wallet_seq, lines.count, lines.last) AS finding
     FROM ledger_account wallet
     CROSS JOIN LATERAL (
       SELECT count(*) AS count, coalesce(max(wallet_seq), 0) AS last FROM ledger_transfer
        WHERE organization_id = wallet.organization_id AND wallet_seq IS NOT NULL
     ) lines
    WHERE wallet.kind = 'wallet' AND (wallet.wallet_seq <> lines.count OR wallet.wallet_seq <> lines.last)`,
  sql`SELECT format('transfer %s is line %s of %s and says %s cents after it, not %s', id, wallet_seq, organization_id, wallet_balance_after, expected) AS finding
     FROM (
       SELECT id, organization_id, wallet_seq, wallet_balance_after,
              coalesce(lag(wallet_balance_after) OVER statement, 0)
                + CASE WHEN credit_account_id = ${walletId} THEN amount_cents ELSE -amount_cents END AS expected
         FROM ledger_transfer WHERE wallet_seq IS NOT NULL
       WINDOW statement AS (PARTITION BY organization_id ORDER BY wallet_seq)
     ) line
    WHERE wallet_balance_after <> expected`,
  sql`SELECT format('wallet of %s was last booked at %s, but its newest line is of %s', wallet.organization_id, wallet.last_booked_at, line.booked_at) AS finding
     FROM ledger_account wallet
     LEFT JOIN ledger_transfer line ON line.organization_id = wallet.organization_id AND line.wallet_seq = wallet.wallet_seq
    WHERE wallet.kind = 'wallet' AND wallet.last_booked_at IS DISTINCT FROM line.booked_at`,
  ...bookingTimeChecks,
  // Every lease has its charges, one after the other from its first day, and every charge its lease.
  sql`SELECT format('lease %s has no charge for its first month', lease.id) AS finding
     FROM lease
    WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer charge
                       WHERE charge.lease_id = lease.id AND charge.kind = 'lease_charge' AND charge.period_start = coalesce(lease.billed_from, lease.assigned_at))`,
  sql`SELECT format('charge %s (%s cents from %s) does not agree with lease %s', charge.id, charge.amount_cents, charge.period_start, charge.lease_id) AS finding
     FROM (
       SELECT id, lease_id, kind, amount_cents, organization_id, debit_account_id, credit_account_id, period_start, period_end,
              lag(period_end) OVER periods AS previous_end, lead(id) OVER periods AS next_id
         FROM ledger_transfer WHERE ${isChargeSql()}
       WINDOW periods AS (PARTITION BY lease_id ORDER BY period_start)
     ) charge
     LEFT JOIN lease ON lease.id = charge.lease_id
    WHERE lease.id IS NULL
       OR charge.amount_cents <> lease.price_cents
       OR charge.organization_id <> lease.organization_id
       OR charge.debit_account_id <> ${walletIdSql(sql`lease.organization_id`)}
       OR charge.credit_account_id <> ${ownAccountIdSql(sql`lease.sandbox`, 'revenue')}
       OR (charge.kind = 'lease_charge') <> (charge.previous_end IS NULL)
       OR charge.period_start <> coalesce(charge.previous_end, lease.billed_from, lease.assigned_at)
       OR (charge.next_id IS NULL AND ${isLiveSql()} AND charge.period_end <> lease.next_renewal_at)`,
  // A charge's month begins and ends on the anchor day, also where a replacement took over the place.
  sql`SELECT format('charge %s pays for lease %s from %s to %s, which is not one month by day %s',
                 charge.id, lease.id, charge.period_start, charge.period_end, lease.anchor_day) AS finding
     FROM ledger_transfer charge JOIN lease ON lease.id = charge.lease_id
    WHERE ${isChargeSql('charge')}
      AND (charge.period_start <> ${addBillingMonthsSql(chargeStart, anchorDay, sql`0`)}
           OR charge.period_end <> ${addBillingMonthsSql(chargeStart, anchorDay, sql`1`)})`,
  // A refund gives back one whole charge of its lease.
  sql`SELECT format('refund %s of lease %s does not mirror a charge of it: it reverses transfer %s', refund.id, refund.lease_id, refund.reverses_id) AS finding
     FROM ledger_transfer refund
     LEFT JOIN ledger_transfer charge ON charge.id = refund.reverses_id AND ${isChargeSql('charge')}
    WHERE refund.kind = 'refund'
      AND (refund.amount_cents, refund.lease_id, refund.organization_id, refund.debit_account_id, refund.credit_account_id)
          IS DISTINCT FROM
          (charge.amount_cents, charge.lease_id, charge.organization_id, charge.credit_account_id, charge.debit_account_id)`,
  sql`SELECT format('lease %s was undone but transfer %s was not given back', lease.id, charge.id) AS finding
     FROM lease JOIN ledger_transfer charge ON charge.lease_id = lease.id AND ${isChargeSql('charge')}
    WHERE lease.status = 'undone' AND NOT EXISTS (SELECT 1 FROM ledger_transfer refund WHERE refund.reverses_id = charge.id)`,
  sql`SELECT format('lease %s is live although its newest charge %s was given back', lease.id, charge.id) AS finding
     FROM lease
     JOIN LATERAL (SELECT id FROM ledger_transfer WHERE lease_id = lease.id AND ${isChargeSql()}
                    ORDER BY period_start DESC LIMIT 1) charge ON true
    WHERE ${isLiveSql()}
      AND EXISTS (SELECT 1 FROM ledger_transfer refund WHERE refund.reverses_id = charge.id)`,
  sql`SELECT format('charges %s and %s are both for the place of lease %s from %s', earlier, charge.id, charge.place, charge.period_start) AS finding
     FROM (
       SELECT paid.id, coalesce(lease.place_id, lease.id) AS place, paid.period_start,
              lag(paid.id) OVER periods AS earlier, max(paid.period_end) OVER (periods ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS paid_until
         FROM ledger_transfer paid JOIN lease ON lease.id = paid.lease_id
        WHERE ${isChargeSql('paid')}
          AND NOT EXISTS (SELECT 1 FROM ledger_transfer refund WHERE refund.reverses_id = paid.id)
       WINDOW periods AS (PARTITION BY coalesce(lease.place_id, lease.id) ORDER BY paid.period_start, paid.id)
     ) charge
    WHERE charge.period_start < charge.paid_until`,
  // Reversed top-ups, debts, and what staff booked by hand.
  sql`SELECT format('top-up %s brought %s cents but %s came back', back.reverses_id, top_up.amount_cents, back.sum) AS finding
     FROM (SELECT reverses_id, organization_id, sum(amount_cents) AS sum,
                  bool_and(credit_account_id = 'funding' AND NOT sandbox AND debit_account_id IN (${walletId}, ${owedId})) AS is_valid
             FROM ledger_transfer WHERE kind = 'top_up_reversal' AND reverses_id IS NOT NULL GROUP BY reverses_id, organization_id) back
     LEFT JOIN ledger_transfer top_up ON top_up.id = back.reverses_id AND top_up.kind = 'top_up' AND top_up.organization_id = back.organization_id
    WHERE NOT back.is_valid OR top_up.amount_cents IS DISTINCT FROM back.sum`,
  sql`SELECT format('wallet of %s holds %s cents while %s are owed', organization_id, balance_cents, owed_cents) AS finding
     FROM ledger_account WHERE kind = 'wallet' AND balance_cents > 0 AND owed_cents > 0`,
  sql`SELECT format('transfer %s is a %s between %s and %s', id, kind, debit_account_id, credit_account_id) AS finding
     FROM ledger_transfer
    WHERE CASE kind
            WHEN 'top_up' THEN debit_account_id <> ${ownAccountIdSql(sql`sandbox`, 'funding')} OR credit_account_id <> ${walletId}
            WHEN 'payout' THEN debit_account_id <> ${walletId} OR credit_account_id <> 'funding'
            WHEN 'adjustment' THEN ${walletId} NOT IN (debit_account_id, credit_account_id)
                                   OR ${ownAccountIdSql(sql`sandbox`, 'adjustments')} NOT IN (debit_account_id, credit_account_id)
            WHEN 'top_up_reversal' THEN reverses_id IS NULL
              AND (debit_account_id <> ${walletId} OR credit_account_id <> ${owedId})
            ELSE false END`,
  sql`SELECT format('proposal %s was approved for %s cents but stands as transfer %s', proposal.id, proposal.amount_cents, proposal.transaction_id) AS finding
     FROM movement_proposal proposal
     LEFT JOIN ledger_transfer booked ON booked.id = proposal.transaction_id AND booked.kind = proposal.kind
                                     AND booked.organization_id = proposal.organization_id
    WHERE proposal.decision = 'approved'
      AND (booked.id IS NULL OR (proposal.kind <> 'top_up_reversal'
           AND proposal.amount_cents <> ${walletChangeSql('booked')}))`,
  // An assigned account has one live lease, any other account none.
  sql`SELECT format('account %s is %s and has %s live %s', account.id, account.status, live.count,
                    CASE live.count WHEN 1 THEN 'lease' ELSE 'leases' END) AS finding
     FROM social_account account
     CROSS JOIN LATERAL (SELECT count(*) AS count FROM lease
                          WHERE social_account_id = account.id AND ${isLiveSql()}) live
    WHERE live.count <> CASE WHEN account.status = 'assigned' THEN 1 ELSE 0 END`,
  // Counts and statuses of requests agree with their leases.
  sql`SELECT format('request %s is %s with %s of %s assigned, but %s leases stand', request.id, request.status, request.assigned_count, request.count, standing.count) AS finding
     FROM lease_request request
     CROSS JOIN LATERAL (SELECT count(*) AS count FROM lease WHERE lease_request_id = request.id AND status <> 'undone' AND NOT ${isReplacedSql('lease')}) standing
    WHERE request.assigned_count <> standing.count
       OR (request.status = 'requested' AND request.assigned_count >= request.count)
       OR (request.status = 'rejected' AND request.assigned_count > 0)
       OR (request.status = 'partial' AND request.assigned_count >= request.count)`,
  sql`SELECT format('request %s is assigned, but %s leases were ever made for the %s it asked for', request.id, opened.count, request.count) AS finding
     FROM lease_request request
     CROSS JOIN LATERAL (SELECT count(*) AS count FROM lease
                          WHERE lease_request_id = request.id AND (status <> 'undone' OR ended_at >= request.closed_at)) opened
    WHERE request.status = 'assigned' AND opened.count < request.count`,
  sql`SELECT format('request %s is partial, but nothing was ever assigned to it', request.id) AS finding
     FROM lease_request request
    WHERE request.status = 'partial' AND NOT EXISTS (SELECT 1 FROM lease WHERE lease_request_id = request.id)`,
  // Play money and sandbox accounts never meet real ones. Triggers ensure this, unless somebody switched them off.
  sql`SELECT format('transfer %s of %s is between %s and %s, of which one is a sandbox''s', transfer.id, transfer.organization_id, debited.id, credited.id) AS finding
     FROM ledger_transfer transfer
     JOIN organization ON organization.id = transfer.organization_id
     JOIN ledger_account debited ON debited.id = transfer.debit_account_id
     JOIN ledger_account credited ON credited.id = transfer.credit_account_id
    WHERE (transfer.sandbox, debited.sandbox, credited.sandbox) IS DISTINCT FROM (organization.sandbox, organization.sandbox, organization.sandbox)`,
  sql`SELECT format('lease %s of %s is of account %s, of which one is a sandbox''s', lease.id, lease.organization_id, account.id) AS finding
     FROM lease JOIN organization ON organization.id = lease.organization_id JOIN social_account account ON account.id = lease.social_account_id
    WHERE (lease.sandbox, account.sandbox) IS DISTINCT FROM (organization.sandbox, organization.sandbox)`,
  // Foreign keys ensure this, unless somebody switched them off to change rows by hand.
  sql`SELECT format('lease %s names a %s that is not there', lease.id,
                 CASE WHEN request.id IS NULL THEN 'request' WHEN account.id IS NULL THEN 'account' ELSE 'project' END) AS finding
     FROM lease
     LEFT JOIN lease_request request ON request.id = lease.lease_request_id
     LEFT JOIN social_account account ON account.id = lease.social_account_id
     LEFT JOIN project ON project.id = lease.project_id AND project.organization_id = lease.organization_id
    WHERE request.id IS NULL OR account.id IS NULL OR project.id IS NULL`,
  sql`SELECT format('lease %s does not belong to the project or organization of request %s', lease.id, request.id) AS finding
     FROM lease JOIN lease_request request ON request.id = lease.lease_request_id
    WHERE lease.project_id <> request.project_id OR lease.organization_id <> request.organization_id`,
];

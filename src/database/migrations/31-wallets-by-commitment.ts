import type { MigrationInterface, QueryRunner } from 'typeorm';

const liveLeases =
  "FROM lease WHERE lease.organization_id = wallet.organization_id AND lease.status IN ('active', 'past_due')";
const commitment = `(SELECT coalesce(sum(lease.price_cents), 0)::bigint ${liveLeases})`;
const free = '(wallet.balance_cents - wallet.owed_cents)';
const columns = `wallet.organization_id AS id, organization.name AS organization_name, wallet.balance_cents, wallet.owed_cents,
  organization.price_cents, (SELECT count(*) ${liveLeases}) AS live_leases, ${commitment} AS monthly_commitment_cents,
  wallet.last_booked_at, wallet.balance_cents / nullif(${commitment}, 0) AS covered_months, organization.low_balance_threshold_cents`;
const isBelowThreshold = `coalesce(${free} < organization.low_balance_threshold_cents, false)`;
const isLow = `coalesce(${free} < coalesce(organization.low_balance_threshold_cents, (SELECT sum(lease.price_cents) ${liveLeases})), false)`;
const waiting = `(SELECT count(*) FROM movement_proposal
   WHERE movement_proposal.organization_id = wallet.organization_id AND decision IS NULL) AS waiting_movements`;
const wallets =
  "FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id WHERE wallet.kind = 'wallet'";

/** The same day of the month so many months later, or the last day of a shorter month. */
const monthLater =
  "date_trunc('month', due.next_renewal_at AT TIME ZONE 'UTC') + make_interval(months => due.whole_months)";
const renewal = `((least(${monthLater} + interval '1 day' * (due.anchor_day - 1), ${monthLater} + interval '1 month -1 day')
    + (due.next_renewal_at AT TIME ZONE 'UTC')::time) AT TIME ZONE 'UTC')`;

/** Every lease renews once a month: the money pays for some whole months, and for the first leases of the month after them. */
const runsDryAt = `(SELECT ${renewal} FROM (
    SELECT next_renewal_at, anchor_day, id, sum(price_cents) OVER (ORDER BY next_renewal_at, id) AS running_cents,
           least(div(greatest(${free}, 0), sum(price_cents) OVER ()), 37)::int AS whole_months,
           greatest(${free}, 0) % sum(price_cents) OVER () AS left_cents
      ${liveLeases}
   ) due WHERE due.whole_months < 37 AND due.running_cents > due.left_cents ORDER BY due.next_renewal_at, due.id LIMIT 1)::timestamptz(3)`;

/**
 * A wallet without a threshold is low when it holds less than a month of its live leases. The list of wallets tells the day on which the
 * money ends.
 */
export class WalletsByCommitment1767225600031 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `CREATE OR REPLACE VIEW panel_wallet AS SELECT ${columns}, ${isLow} AS is_low, ${waiting}, ${runsDryAt} AS runs_dry_at ${wallets}`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `DROP VIEW panel_wallet; CREATE VIEW panel_wallet AS SELECT ${columns}, ${isBelowThreshold} AS is_low, ${waiting} ${wallets}`,
    );
  }
}

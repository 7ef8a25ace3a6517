import type { MigrationInterface, QueryRunner } from 'typeorm';

const liveLeases =
  "FROM lease WHERE lease.organization_id = wallet.organization_id AND lease.status IN ('active', 'past_due')";
const commitment = `(SELECT coalesce(sum(lease.price_cents), 0)::bigint ${liveLeases})`;
const columns = `wallet.organization_id AS id, organization.name AS organization_name, wallet.balance_cents, wallet.owed_cents,
  organization.price_cents, (SELECT count(*) ${liveLeases}) AS live_leases, ${commitment} AS monthly_commitment_cents, wallet.last_booked_at`;
const wallets =
  "FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id WHERE wallet.kind = 'wallet'";

/** The list of wallets tells how many months of all live leases the balance pays for; nothing where there are none. */
export class MonthsCovered1767225600018 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE OR REPLACE VIEW panel_wallet AS
        SELECT ${columns}, wallet.balance_cents / nullif(${commitment}, 0) AS covered_months ${wallets};
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP VIEW panel_wallet; CREATE VIEW panel_wallet AS SELECT ${columns} ${wallets};`);
  }
}

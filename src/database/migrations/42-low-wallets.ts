import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Since when a wallet holds less than its threshold or, without one, than a month of its live leases; `null` while it does not. Its partner
 * is told when that begins. Wallets that are low already begin so, without an event.
 */
export class LowWallets1767225600042 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE ledger_account ADD COLUMN low_since timestamptz(3) CHECK (low_since IS NULL OR kind = 'wallet');
      UPDATE ledger_account wallet SET low_since = now()
        FROM organization
        LEFT JOIN (SELECT organization_id, sum(price_cents) AS cents FROM lease WHERE status IN ('active', 'past_due') GROUP BY organization_id) month
          ON month.organization_id = organization.id
       WHERE wallet.kind = 'wallet' AND organization.id = wallet.organization_id
         AND wallet.balance_cents - wallet.owed_cents < coalesce(organization.low_balance_threshold_cents, month.cents);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE ledger_account DROP COLUMN low_since');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnce } from './create-index-once.js';

/** Finds a partner's largest amount moved by hand. Bookings wait while the index is made, readers do not; charges and renewals are not in it. */
export class LargestAmounts1767225600032 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await createIndexOnce(
      db,
      'ledger_transfer_by_hand',
      "ledger_transfer (organization_id, amount_cents) WHERE kind IN ('top_up', 'adjustment', 'payout')",
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX ledger_transfer_by_hand');
  }
}

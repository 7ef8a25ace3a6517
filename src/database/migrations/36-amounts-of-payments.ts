import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnce } from './create-index-once.js';

/** The search finds by its amount what people moved; charges, which have only a few amounts, are not in the index. */
export class AmountsOfPayments1767225600036 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await createIndexOnce(
      db,
      'ledger_transfer_amount',
      "ledger_transfer (amount_cents, booked_at, id) WHERE kind IN ('top_up', 'adjustment', 'top_up_reversal', 'payout')",
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX ledger_transfer_amount');
  }
}

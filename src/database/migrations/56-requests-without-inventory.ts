import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnce } from './create-index-once.js';

/**
 * What an account that comes back may unblock: the requests without inventory by their vertical. Requests are not written while
 * the index is made, unless it was made beforehand (docs/decisions/056).
 */
export class RequestsWithoutInventory1767225600056 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await createIndexOnce(
      db,
      'lease_request_no_inventory',
      `lease_request (coalesce(vertical_key, text_key(vertical) COLLATE "C")) WHERE status = 'requested' AND blocker = 'no_inventory'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX lease_request_no_inventory');
  }
}

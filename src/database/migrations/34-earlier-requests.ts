import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The open requests of a vertical in the order of urgency. Writers of requests wait while it is made, for less than a second. */
export class EarlierRequests1767225600034 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX lease_request_wish ON lease_request (coalesce(vertical_key, text_key(vertical) COLLATE "C"),
                                                        (paused_at IS NOT NULL), coalesce(due_at, submitted_at), id)
        WHERE status = 'requested';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX lease_request_wish');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first note of the partner that no staff member has read. Notes of the time before count as read. */
export class UnreadReplies1767225600037 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE lease_request ADD COLUMN unread_reply_id text');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE lease_request DROP COLUMN unread_reply_id');
  }
}

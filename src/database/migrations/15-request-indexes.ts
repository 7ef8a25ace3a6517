import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Writers of requests and notes wait for these, each in turn; readers do not. */
export class RequestIndexes1767225600015 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX lease_request_due ON lease_request (due_at, id) WHERE status = 'requested';
      CREATE INDEX lease_request_blocked ON lease_request (blocker, organization_id) WHERE status = 'requested' AND blocker IS NOT NULL;
      CREATE INDEX lease_request_claimed ON lease_request (claimed_by) WHERE claimed_by IS NOT NULL;
      CREATE INDEX lease_request_closed ON lease_request (closed_at) WHERE closed_at IS NOT NULL;
      CREATE INDEX lease_request_urgent ON lease_request ((paused_at IS NOT NULL), coalesce(due_at, submitted_at), id) WHERE status = 'requested';
      CREATE INDEX lease_request_open ON lease_request (organization_id) INCLUDE (count, assigned_count, blocker, due_at, paused_at, claimed_by, claimed_until, vertical_key, vertical, language) WHERE status = 'requested';
      CREATE INDEX lease_request_newest ON lease_request (submitted_at, id);
      CREATE INDEX lease_request_first_assigned ON lease_request (first_assigned_at) WHERE first_assigned_at IS NOT NULL;
      CREATE INDEX lease_request_text ON lease_request USING gin (request_id gin_trgm_ops, vertical gin_trgm_ops);
      CREATE INDEX lease_request_updated ON lease_request (organization_id, updated_at);
      CREATE INDEX request_note_newest ON request_note (created_at, id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX lease_request_due, lease_request_blocked, lease_request_claimed, lease_request_closed, lease_request_urgent, lease_request_open, lease_request_newest, lease_request_first_assigned,
                 lease_request_text, lease_request_updated, request_note_newest;
    `);
  }
}

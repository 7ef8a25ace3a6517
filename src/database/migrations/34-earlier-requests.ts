import type { MigrationInterface, QueryRunner } from 'typeorm';

const included =
  'count, assigned_count, blocker, due_at, paused_at, claimed_by, claimed_until, vertical_key, vertical, language';

/** At once what dropping an index needs: a lock that grows meanwhile can deadlock with writers. */
const LOCK_TABLE = 'LOCK TABLE lease_request IN ACCESS EXCLUSIVE MODE';

/**
 * What an open request's earlier ones are read by: those of a vertical in the order of urgency, and those of a partner without the
 * table. Requests are neither read nor written while the indexes are made, for less than a second with thousands of open ones.
 */
export class EarlierRequests1767225600034 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ${LOCK_TABLE};
      CREATE INDEX lease_request_wish ON lease_request (coalesce(vertical_key, text_key(vertical) COLLATE "C"),
                                                        (paused_at IS NOT NULL), coalesce(due_at, submitted_at), id)
        WHERE status = 'requested';
      CREATE INDEX lease_request_open_ranked ON lease_request (organization_id) INCLUDE (id, submitted_at, ${included})
        WHERE status = 'requested';
      DROP INDEX lease_request_open;
      ALTER INDEX lease_request_open_ranked RENAME TO lease_request_open;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${LOCK_TABLE};
      DROP INDEX lease_request_wish, lease_request_open;
      CREATE INDEX lease_request_open ON lease_request (organization_id) INCLUDE (${included}) WHERE status = 'requested';
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnce } from './create-index-once.js';

const newestFirst = 'assigned_at DESC, id DESC';
const live = "WHERE status IN ('active', 'past_due')";
const ended = "WHERE status = 'ended'";

/** At once what dropping an index needs: a lock that grows meanwhile can deadlock with writers. */
const LOCK_TABLE = 'LOCK TABLE lease IN ACCESS EXCLUSIVE MODE';

/**
 * A partner's lists are of live leases or of ended ones: each has an index in its order, so that a page reads no lease of the other state
 * and sorts none. Leases are neither read nor written while the indexes are made, unless they were made beforehand (docs/decisions/055).
 */
export class LeasesByState1767225600055 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(LOCK_TABLE);
    await createIndexOnce(db, 'lease_live_of_project', `lease (project_id, ${newestFirst}) ${live}`);
    await createIndexOnce(db, 'lease_ended_of_project', `lease (project_id, ${newestFirst}) ${ended}`);
    await createIndexOnce(
      db,
      'lease_live_of_organization',
      `lease (organization_id, ${newestFirst}) INCLUDE (price_cents) ${live}`,
    );
    await createIndexOnce(db, 'lease_ended_of_organization', `lease (organization_id, ${newestFirst}) ${ended}`);
    await db.query('DROP INDEX lease_live');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${LOCK_TABLE};
      CREATE INDEX lease_live ON lease (organization_id) INCLUDE (price_cents) ${live};
      DROP INDEX lease_live_of_project, lease_ended_of_project, lease_live_of_organization, lease_ended_of_organization;
    `);
  }
}

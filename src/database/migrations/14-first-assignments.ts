import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each request of before got its first account. Its paused time until then is not known and counts as none. */
export class FirstAssignments1767225600014 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE lease_request SET first_assigned_at = first.at, first_assigned_paused_ms = 0
        FROM (SELECT lease_request_id AS id, min(assigned_at) AS at FROM lease GROUP BY lease_request_id) first
       WHERE first.id = lease_request.id AND lease_request.first_assigned_at IS NULL;
    `);
  }

  /** The columns go with the migration that made them. */
  async down(): Promise<void> {}
}

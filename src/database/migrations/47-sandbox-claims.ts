import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which process works on a sandbox, until when by the database's clock; and what finds its open requests. */
export class SandboxClaims1767225600047 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX lease_request_open_in_sandbox ON lease_request (organization_id, submitted_at, id) WHERE sandbox AND status = 'requested';
      CREATE TABLE sandbox_claim (
        organization_id text PRIMARY KEY REFERENCES organization (id),
        claim text NOT NULL,
        claimed_until timestamptz(3) NOT NULL
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX lease_request_open_in_sandbox; DROP TABLE sandbox_claim;');
  }
}

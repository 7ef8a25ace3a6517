import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What partners attach to their requests. Requests without it are not in the index. */
export class RequestMetadata1767225600028 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE lease_request ADD COLUMN metadata jsonb CHECK (jsonb_typeof(metadata) = 'object');
      CREATE INDEX lease_request_metadata ON lease_request USING gin (organization_id, metadata jsonb_path_ops)
        WHERE metadata IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE lease_request DROP COLUMN metadata');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The calls of partners for some days, by the database's clock. Every index but those of status and code grows at its end alone.
 * Deliveries get the database's time too, by which they are deleted; for those before it is the time of the migration.
 */
export class Calls1767225600045 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE api_call (
        id text PRIMARY KEY CHECK (starts_with(id, 'req_')),
        called_at timestamptz(3) NOT NULL,
        organization_id text NOT NULL,
        api_key_id text NOT NULL,
        method text NOT NULL,
        route text NOT NULL,
        status smallint NOT NULL,
        code text,
        duration_ms integer NOT NULL,
        address text NOT NULL
      );
      CREATE INDEX api_call_newest ON api_call (called_at, id);
      CREATE INDEX api_call_of_organization ON api_call (organization_id, called_at, id);
      CREATE INDEX api_call_of_api_key ON api_call (api_key_id, called_at, id);
      CREATE INDEX api_call_of_status ON api_call (organization_id, status, called_at, id);
      CREATE INDEX api_call_of_code ON api_call (organization_id, code, called_at, id) WHERE code IS NOT NULL;

      ALTER TABLE webhook_delivery ADD COLUMN recorded_at timestamptz(3) NOT NULL DEFAULT now();
      CREATE INDEX webhook_delivery_age ON webhook_delivery (recorded_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE api_call; ALTER TABLE webhook_delivery DROP COLUMN recorded_at;');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexOnce } from './create-index-once.js';

/**
 * The secret before a key's last rotation, which authenticates until `previous_expires_at`: the database's time, to the microsecond so
 * that a grace of nothing ends before the next call. The version before refuses that secret at once.
 */
export class KeyRotation1767225600043 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE api_key
        ADD COLUMN rotated_at timestamptz(3),
        ADD COLUMN previous_prefix text,
        ADD COLUMN previous_secret_digest bytea CHECK (octet_length(previous_secret_digest) = 32),
        ADD COLUMN previous_expires_at timestamptz,
        ADD COLUMN last_used_address text,
        ADD CONSTRAINT api_key_previous CHECK (num_nulls(previous_prefix, previous_secret_digest, previous_expires_at) IN (0, 3));
      CREATE UNIQUE INDEX api_key_previous_prefix ON api_key (previous_prefix text_pattern_ops) WHERE previous_prefix IS NOT NULL;

      CREATE OR REPLACE VIEW panel_api_key AS
        SELECT api_key.id, api_key.organization_id, api_key.name, api_key.prefix,
               CASE WHEN api_key.revoked_at IS NOT NULL THEN 'revoked' WHEN api_key.killed_at IS NOT NULL THEN 'killed' ELSE 'active' END AS status,
               api_key.env, api_key.scopes, api_key.tier, api_key.created_at, api_key.last_used_at, api_key.killed_at,
               coalesce(staff_user.name, 'the partner, by the key ' || killer.prefix, api_key.killed_by) AS killed_by, api_key.revoked_at,
               api_key.last_used_address, api_key.rotated_at,
               CASE WHEN api_key.previous_expires_at > now() THEN api_key.previous_prefix END AS previous_prefix,
               CASE WHEN api_key.previous_expires_at > now() THEN api_key.previous_expires_at END AS previous_expires_at
          FROM api_key
          LEFT JOIN staff_user ON staff_user.id = api_key.killed_by
          LEFT JOIN api_key killer ON killer.id = api_key.killed_by;
    `);
    const sealed = 'idempotency_record (organization_id, key) WHERE sealed_body IS NOT NULL';
    await createIndexOnce(db, 'idempotency_record_sealed', sealed);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX idempotency_record_sealed;
      DROP VIEW panel_api_key;
      CREATE VIEW panel_api_key AS
        SELECT api_key.id, api_key.organization_id, api_key.name, api_key.prefix,
               CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN killed_at IS NOT NULL THEN 'killed' ELSE 'active' END AS status,
               api_key.env, api_key.scopes, api_key.tier, api_key.created_at, api_key.last_used_at, api_key.killed_at,
               coalesce(staff_user.name, api_key.killed_by) AS killed_by, api_key.revoked_at
          FROM api_key LEFT JOIN staff_user ON staff_user.id = api_key.killed_by;
      ALTER TABLE api_key
        DROP COLUMN rotated_at, DROP COLUMN previous_prefix, DROP COLUMN previous_secret_digest, DROP COLUMN previous_expires_at,
        DROP COLUMN last_used_address;
    `);
  }
}

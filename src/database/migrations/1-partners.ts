import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Partners1767225600001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE organization (
        id text PRIMARY KEY CHECK (starts_with(id, 'org_')),
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
        price_cents bigint CHECK (price_cents BETWEEN 1 AND 100000000),
        low_balance_threshold_cents bigint CHECK (low_balance_threshold_cents >= 0),
        sandbox boolean NOT NULL DEFAULT false,
        parent_id text REFERENCES organization (id),
        suspended_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        CHECK ((parent_id IS NOT NULL) = sandbox)
      );
      CREATE UNIQUE INDEX organization_name_key ON organization (lower(name)) WHERE NOT sandbox;

      CREATE TABLE project (
        id text PRIMARY KEY CHECK (starts_with(id, 'prj_')),
        organization_id text NOT NULL REFERENCES organization (id),
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
        created_at timestamptz(3) NOT NULL,
        UNIQUE (organization_id, id)
      );

      CREATE TABLE api_key (
        id text PRIMARY KEY CHECK (starts_with(id, 'key_')),
        organization_id text NOT NULL REFERENCES organization (id),
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
        prefix text NOT NULL UNIQUE CHECK (prefix ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
        secret_digest bytea NOT NULL CHECK (octet_length(secret_digest) = 32),
        env text NOT NULL CHECK (env IN ('live', 'test')),
        scopes text[] NOT NULL,
        tier text NOT NULL CHECK (tier IN ('standard', 'pilot', 'partner', 'internal')),
        created_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3),
        killed_at timestamptz(3),
        killed_by text,
        revoked_at timestamptz(3),
        CHECK ((killed_at IS NULL) = (killed_by IS NULL))
      );
      CREATE INDEX api_key_organization ON api_key (organization_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE api_key; DROP TABLE project; DROP TABLE organization;');
  }
}

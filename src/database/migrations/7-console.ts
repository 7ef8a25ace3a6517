import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every new column may be NULL or has a constant default, so a full table is not rewritten; the version before runs on it. */
export class Console1767225600007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE EXTENSION IF NOT EXISTS pg_trgm;

      ALTER TABLE lease_request
        ADD COLUMN vertical_key text,
        ADD COLUMN due_at timestamptz(3),
        ADD COLUMN paused_at timestamptz(3),
        ADD COLUMN paused_ms bigint NOT NULL DEFAULT 0,
        ADD COLUMN look_again_on date,
        ADD COLUMN woke_because text CHECK (woke_because IN ('top_up', 'refund', 'account_available', 'partner_reply', 'day')),
        ADD COLUMN woke_at timestamptz(3),
        ADD COLUMN claimed_by text,
        ADD COLUMN claimed_until timestamptz(3),
        ADD COLUMN first_assigned_at timestamptz(3),
        ADD COLUMN first_assigned_paused_ms bigint;

      ALTER TABLE lease
        ADD COLUMN replaces_id text REFERENCES lease (id),
        ADD COLUMN place_id text,
        ADD COLUMN place_since timestamptz(3),
        ADD COLUMN billed_from timestamptz(3);
      CREATE UNIQUE INDEX lease_one_replacement ON lease (replaces_id) WHERE replaces_id IS NOT NULL AND status <> 'undone';

      ALTER TABLE social_account
        ADD COLUMN resetting_until timestamptz(3),
        ADD COLUMN released_at timestamptz(3),
        ADD COLUMN turnaround text[] NOT NULL DEFAULT '{}';

      CREATE TABLE vertical_synonym (
        synonym text PRIMARY KEY CHECK (char_length(synonym) BETWEEN 1 AND 100),
        vertical text NOT NULL CHECK (char_length(vertical) BETWEEN 1 AND 100 AND vertical <> synonym),
        created_at timestamptz(3) NOT NULL,
        created_by text NOT NULL
      );
    `);
  }

  /** The extension stays: others may use it by now. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE vertical_synonym;
      ALTER TABLE social_account DROP COLUMN resetting_until, DROP COLUMN released_at, DROP COLUMN turnaround;
      ALTER TABLE lease DROP COLUMN replaces_id, DROP COLUMN place_id, DROP COLUMN place_since, DROP COLUMN billed_from;
      ALTER TABLE lease_request DROP COLUMN vertical_key, DROP COLUMN due_at, DROP COLUMN paused_at, DROP COLUMN paused_ms, DROP COLUMN look_again_on,
        DROP COLUMN woke_because, DROP COLUMN woke_at, DROP COLUMN claimed_by, DROP COLUMN claimed_until,
        DROP COLUMN first_assigned_at, DROP COLUMN first_assigned_paused_ms;
    `);
  }
}

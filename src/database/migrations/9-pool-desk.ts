import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Imports that staff have confirmed, for their progress and their outcome. What they did to accounts is on the trail. */
export class PoolDesk1767225600009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE account_import (
        id text PRIMARY KEY CHECK (starts_with(id, 'imp_')),
        started_by text NOT NULL,
        file_name text NOT NULL CHECK (char_length(file_name) BETWEEN 1 AND 200),
        status text NOT NULL CHECK (status IN ('running', 'done', 'refused')),
        written integer NOT NULL DEFAULT 0,
        total integer NOT NULL DEFAULT 0,
        outcome jsonb,
        started_at timestamptz(3) NOT NULL DEFAULT now(),
        seen_at timestamptz(3) NOT NULL DEFAULT now(),
        ended_at timestamptz(3),
        CHECK ((status = 'running') = (ended_at IS NULL))
      );
      CREATE INDEX account_import_age ON account_import (started_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE account_import;');
  }
}

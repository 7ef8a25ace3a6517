import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What partners are told, one row for each event. `recorded_order` is the order of writing, which the sequencer keeps when it gives
 * committed rows their `sequence`. `created_at` is business time, `recorded_at` the database's own, by which rows are pruned.
 */
export class Events1767225600040 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE event (
        id text PRIMARY KEY,
        recorded_order bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        sequence bigint UNIQUE,
        organization_id text NOT NULL,
        project_id text,
        type text NOT NULL,
        endpoint_id text,
        body text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        recorded_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE SEQUENCE event_sequence OWNED BY event.sequence;
      CREATE INDEX event_pending ON event (recorded_order) WHERE sequence IS NULL;
      CREATE INDEX event_of_organization ON event (organization_id, sequence);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE event');
  }
}

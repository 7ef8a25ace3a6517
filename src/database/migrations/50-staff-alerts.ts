import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What staff are told of: a row for each condition while it lasts, and the messages that say that it began and that it is over.
 * `next_attempt_at` and `watched_at` are the database's time, all others business time; while a message is `delivering`,
 * `next_attempt_at` is when the claim ends.
 */
export class StaffAlerts1767225600050 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_alert (
        id text PRIMARY KEY CHECK (starts_with(id, 'alr_')),
        type text NOT NULL,
        subject text NOT NULL,
        organization_id text,
        details jsonb NOT NULL,
        text text NOT NULL,
        started_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3)
      );
      CREATE UNIQUE INDEX staff_alert_once ON staff_alert (type, subject) WHERE ended_at IS NULL;
      CREATE INDEX staff_alert_over ON staff_alert (ended_at) WHERE ended_at IS NOT NULL;

      CREATE TABLE staff_alert_message (
        id text PRIMARY KEY CHECK (starts_with(id, 'evt_')),
        alert_id text NOT NULL REFERENCES staff_alert (id) ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('firing', 'resolved')),
        body text NOT NULL,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivering', 'delivered', 'failed')),
        attempts smallint NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 8),
        next_attempt_at timestamptz(3) DEFAULT now(),
        claim text,
        error text,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT staff_alert_message_once UNIQUE (alert_id, state),
        CHECK ((status IN ('pending', 'delivering')) = (next_attempt_at IS NOT NULL)),
        CHECK ((status = 'delivering') = (claim IS NOT NULL))
      );
      CREATE INDEX staff_alert_message_open ON staff_alert_message (next_attempt_at) WHERE status IN ('pending', 'delivering');

      CREATE TABLE staff_alert_watch (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        watched_at timestamptz(3)
      );
      INSERT INTO staff_alert_watch DEFAULT VALUES;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE staff_alert_watch, staff_alert_message, staff_alert');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Endpoints of partners, and a delivery for each event and endpoint. `next_attempt_at` is the database's time, all others are business
 * time; while a delivery is `delivering` it is when the claim ends, so that one index finds what is due and what a dead worker left.
 * The version before reads no encrypted answer: a key that one was stored under is replayed by this version alone.
 */
export class Webhooks1767225600041 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE webhook_endpoint (
        id text PRIMARY KEY CHECK (starts_with(id, 'whe_')),
        organization_id text NOT NULL REFERENCES organization (id),
        project_id text REFERENCES project (id),
        url text NOT NULL CHECK (char_length(url) BETWEEN 1 AND 2048),
        description text CHECK (char_length(description) <= 500),
        events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 50),
        metadata jsonb CHECK (jsonb_typeof(metadata) = 'object'),
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'auto_paused')),
        sealed_secret bytea NOT NULL,
        sealed_previous_secret bytea,
        previous_secret_expires_at timestamptz(3),
        consecutive_failure_count integer NOT NULL DEFAULT 0 CHECK (consecutive_failure_count >= 0),
        last_success_at timestamptz(3),
        last_failure_at timestamptz(3),
        auto_paused_at timestamptz(3),
        next_probe_at timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3),
        CHECK ((sealed_previous_secret IS NULL) = (previous_secret_expires_at IS NULL)),
        CHECK ((status = 'auto_paused') = (auto_paused_at IS NOT NULL) AND (auto_paused_at IS NULL) = (next_probe_at IS NULL))
      );
      CREATE INDEX webhook_endpoint_of_organization ON webhook_endpoint (organization_id, created_at DESC, id DESC)
        WHERE deleted_at IS NULL;
      CREATE INDEX webhook_endpoint_probe ON webhook_endpoint (next_probe_at) WHERE status = 'auto_paused' AND deleted_at IS NULL;

      CREATE TABLE webhook_delivery (
        id text PRIMARY KEY CHECK (starts_with(id, 'del_')),
        endpoint_id text NOT NULL REFERENCES webhook_endpoint (id),
        organization_id text NOT NULL,
        event_id text NOT NULL REFERENCES event (id) ON DELETE CASCADE,
        event_type text NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'delivering', 'delivered', 'failed', 'abandoned')),
        attempts smallint NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 8),
        next_attempt_at timestamptz(3),
        claim text,
        attempted_at timestamptz(3),
        status_code integer,
        error text,
        answer text,
        duration_ms integer,
        replay_of text,
        scheduled_at timestamptz(3) NOT NULL,
        delivered_at timestamptz(3),
        CONSTRAINT webhook_delivery_once UNIQUE (event_id, endpoint_id),
        CHECK ((status IN ('pending', 'delivering')) = (next_attempt_at IS NOT NULL)),
        CHECK ((status = 'delivering') = (claim IS NOT NULL)),
        CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
      );
      CREATE INDEX webhook_delivery_open ON webhook_delivery (endpoint_id, next_attempt_at, id)
        WHERE status IN ('pending', 'delivering');
      CREATE INDEX webhook_delivery_of_endpoint ON webhook_delivery (endpoint_id, scheduled_at DESC, id DESC);
      CREATE INDEX webhook_delivery_of_organization ON webhook_delivery (organization_id, scheduled_at DESC, id DESC);
      CREATE INDEX webhook_delivery_newest ON webhook_delivery (scheduled_at DESC, id DESC);

      CREATE VIEW panel_webhook_endpoint AS
        SELECT id, organization_id, project_id, url, description, CASE WHEN deleted_at IS NULL THEN status ELSE 'deleted' END AS status,
               events, consecutive_failure_count, last_success_at, last_failure_at, auto_paused_at, created_at
          FROM webhook_endpoint;
      CREATE VIEW panel_webhook_delivery AS
        SELECT delivery.id, delivery.endpoint_id, delivery.organization_id, delivery.event_id, delivery.event_type, delivery.status,
               delivery.attempts, delivery.scheduled_at, CASE WHEN delivery.status = 'pending' THEN delivery.next_attempt_at END AS next_attempt_at,
               delivery.attempted_at, delivery.delivered_at, delivery.status_code, delivery.error, delivery.answer, delivery.duration_ms,
               delivery.replay_of, event.body AS payload
          FROM webhook_delivery delivery LEFT JOIN event ON event.id = delivery.event_id;

      ALTER TABLE idempotency_record ADD COLUMN sealed_body bytea;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE idempotency_record DROP COLUMN sealed_body;
      DROP VIEW panel_webhook_delivery, panel_webhook_endpoint;
      DROP TABLE webhook_delivery;
      DROP TABLE webhook_endpoint;
    `);
  }
}

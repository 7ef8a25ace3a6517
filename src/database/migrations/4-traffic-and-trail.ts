import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TrafficAndTrail1767225600004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE idempotency_record (
        organization_id text NOT NULL REFERENCES organization (id),
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status smallint,
        body text,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, key)
      );
      CREATE INDEX idempotency_record_age ON idempotency_record (created_at);

      CREATE UNLOGGED TABLE rate_bucket (
        api_key_id text NOT NULL,
        endpoint_class text NOT NULL CHECK (endpoint_class IN ('read-light', 'write-light')),
        minute_taken integer NOT NULL,
        minute_ends_at timestamptz NOT NULL,
        day_taken integer NOT NULL,
        day_ends_at timestamptz NOT NULL,
        PRIMARY KEY (api_key_id, endpoint_class)
      ) WITH (fillfactor = 50);

      CREATE UNLOGGED TABLE failed_authentication (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint);

      CREATE TABLE audit_event (
        id text PRIMARY KEY CHECK (starts_with(id, 'evt_')),
        type text NOT NULL,
        occurred_at timestamptz(3) NOT NULL,
        organization_id text,
        project_id text,
        api_key_id text,
        object_id text,
        lease_request_id text,
        actor_kind text NOT NULL CHECK (actor_kind IN ('partner_api', 'staff', 'system')),
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        request_id text NOT NULL,
        data jsonb NOT NULL DEFAULT '{}',
        internal jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX audit_event_newest ON audit_event (occurred_at DESC, id);
      CREATE INDEX audit_event_of_organization ON audit_event (organization_id, occurred_at DESC, id);
      CREATE INDEX audit_event_of_request ON audit_event (lease_request_id, occurred_at) WHERE lease_request_id IS NOT NULL;
      CREATE INDEX audit_event_of_object ON audit_event (object_id, occurred_at);
      CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER audit_event_keep_all BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'DROP TABLE audit_event; DROP TABLE failed_authentication; DROP TABLE rate_bucket; DROP TABLE idempotency_record;',
    );
  }
}

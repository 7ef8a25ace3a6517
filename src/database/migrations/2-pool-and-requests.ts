import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PoolAndRequests1767225600002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE social_account (
        id text PRIMARY KEY CHECK (starts_with(id, 'sa_')),
        handle text NOT NULL CHECK (char_length(handle) BETWEEN 1 AND 100),
        handle_key text NOT NULL GENERATED ALWAYS AS (lower(ltrim(handle, '@'))) STORED CHECK (handle_key <> ''),
        platform text NOT NULL DEFAULT 'tiktok' CHECK (platform = 'tiktok'),
        followers bigint NOT NULL CHECK (followers BETWEEN 0 AND 9000000000),
        verticals text[] NOT NULL CHECK (cardinality(verticals) BETWEEN 1 AND 20),
        language text NOT NULL CHECK (char_length(language) BETWEEN 1 AND 100),
        primary_language text NOT NULL GENERATED ALWAYS AS (lower(split_part(language, '-', 1))) STORED,
        countries text[] NOT NULL CHECK (cardinality(countries) <= 50),
        sandbox boolean NOT NULL DEFAULT false,
        status text NOT NULL CHECK (status IN ('warming', 'available', 'assigned', 'resetting', 'quarantined', 'retired')),
        status_reason text CHECK (char_length(status_reason) <= 500),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        UNIQUE (handle_key)
      );
      CREATE INDEX social_account_free ON social_account USING gin (verticals) WHERE status = 'available';
      CREATE INDEX social_account_best ON social_account (followers DESC, id) WHERE status = 'available';

      CREATE TABLE lease_request (
        id text PRIMARY KEY CHECK (starts_with(id, 'lreq_')),
        request_id text NOT NULL CHECK (char_length(request_id) BETWEEN 1 AND 64),
        organization_id text NOT NULL REFERENCES organization (id),
        project_id text NOT NULL,
        api_key_id text NOT NULL REFERENCES api_key (id),
        fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
        count integer NOT NULL CHECK (count BETWEEN 1 AND 50),
        vertical text NOT NULL CHECK (char_length(vertical) BETWEEN 1 AND 100),
        audience text CHECK (char_length(audience) <= 500),
        language text,
        geo text[] CHECK (cardinality(geo) <= 50),
        target text CHECK (char_length(target) <= 2000),
        partner_note text CHECK (char_length(partner_note) <= 2000),
        status text NOT NULL CHECK (status IN ('requested', 'assigned', 'partial', 'rejected')),
        assigned_count integer NOT NULL DEFAULT 0 CHECK (assigned_count BETWEEN 0 AND count),
        blocker text CHECK (blocker IN ('no_inventory', 'wallet_short', 'needs_clarification', 'policy', 'other')),
        blocker_since timestamptz(3),
        blocker_note_id text,
        version integer NOT NULL DEFAULT 1,
        submitted_at timestamptz(3) NOT NULL,
        assigned_at timestamptz(3),
        closed_at timestamptz(3),
        closed_by text CHECK (closed_by IN ('staff', 'partner')),
        outcome_reason text CHECK (outcome_reason IN ('no_inventory', 'wallet_short', 'policy', 'unclear', 'cancelled', 'other')),
        updated_at timestamptz(3) NOT NULL,
        UNIQUE (organization_id, request_id),
        FOREIGN KEY (organization_id, project_id) REFERENCES project (organization_id, id),
        CHECK ((blocker IS NULL) = (blocker_since IS NULL) AND (blocker IS NULL) = (blocker_note_id IS NULL)),
        CHECK (status = 'requested' OR blocker IS NULL),
        CHECK ((status = 'requested') = (closed_at IS NULL)),
        CHECK ((status = 'requested') = (closed_by IS NULL)),
        CHECK ((status IN ('assigned', 'partial')) = (assigned_at IS NOT NULL)),
        CHECK ((status IN ('partial', 'rejected')) = (outcome_reason IS NOT NULL)),
        CHECK (status <> 'requested' OR assigned_count < count),
        CHECK (status <> 'rejected' OR assigned_count = 0),
        CHECK (status <> 'partial' OR assigned_count < count)
      );
      CREATE INDEX lease_request_queue ON lease_request (submitted_at, id) WHERE status = 'requested';
      CREATE INDEX lease_request_of_organization ON lease_request (organization_id, submitted_at DESC, id DESC);
      CREATE INDEX lease_request_of_project ON lease_request (project_id, submitted_at DESC, id DESC);

      CREATE TABLE request_note (
        id text PRIMARY KEY CHECK (starts_with(id, 'note_')),
        lease_request_id text NOT NULL REFERENCES lease_request (id),
        author text NOT NULL CHECK (author IN ('staff', 'partner')),
        staff_id text,
        body text NOT NULL CHECK (char_length(body) BETWEEN 1 AND 2000),
        visibility text NOT NULL CHECK (visibility IN ('internal', 'partner')),
        blocker text CHECK (blocker IN ('no_inventory', 'wallet_short', 'needs_clarification', 'policy', 'other')),
        created_at timestamptz(3) NOT NULL,
        withdrawn_at timestamptz(3),
        retired_at timestamptz(3)
      );
      CREATE INDEX request_note_of_request ON request_note (lease_request_id, id);
      ALTER TABLE lease_request ADD FOREIGN KEY (blocker_note_id) REFERENCES request_note (id);

      CREATE TABLE lease (
        id text PRIMARY KEY CHECK (starts_with(id, 'lse_')),
        lease_request_id text NOT NULL REFERENCES lease_request (id),
        organization_id text NOT NULL REFERENCES organization (id),
        project_id text NOT NULL REFERENCES project (id),
        social_account_id text NOT NULL REFERENCES social_account (id),
        price_cents bigint NOT NULL CHECK (price_cents > 0),
        assigned_at timestamptz(3) NOT NULL,
        assigned_by text NOT NULL,
        anchor_day smallint NOT NULL CHECK (anchor_day BETWEEN 1 AND 31),
        next_renewal_at timestamptz(3),
        status text NOT NULL CHECK (status IN ('active', 'past_due', 'ended', 'undone')),
        past_due_since timestamptz(3),
        ended_at timestamptz(3),
        end_reason text CHECK (end_reason IN ('released_by_partner', 'billing_exhausted', 'removed_by_layers', 'replaced')),
        handle_at_end text,
        followers_at_end bigint,
        CHECK ((status IN ('active', 'past_due')) = (next_renewal_at IS NOT NULL)),
        CHECK ((status = 'past_due') = (past_due_since IS NOT NULL)),
        CHECK ((status IN ('ended', 'undone')) = (ended_at IS NOT NULL)),
        CHECK ((status = 'ended') = (end_reason IS NOT NULL)),
        CHECK (status <> 'ended' OR (handle_at_end IS NOT NULL AND followers_at_end IS NOT NULL))
      );
      CREATE UNIQUE INDEX lease_one_live_per_account ON lease (social_account_id) WHERE status IN ('active', 'past_due');
      CREATE INDEX lease_of_request ON lease (lease_request_id, assigned_at, id);
      CREATE INDEX lease_of_account ON lease (social_account_id, assigned_at);
      CREATE INDEX lease_of_organization ON lease (organization_id, assigned_at DESC, id DESC);
      CREATE INDEX lease_of_project ON lease (project_id, assigned_at DESC, id DESC);
      CREATE INDEX lease_due ON lease (next_renewal_at, id) WHERE status IN ('active', 'past_due');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE lease_request DROP CONSTRAINT lease_request_blocker_note_id_fkey;
      DROP TABLE lease; DROP TABLE request_note; DROP TABLE lease_request; DROP TABLE social_account;
    `);
  }
}

-- The floor's tables: names and columns of the service's own, as far as the partner API and an assignment need them.
CREATE TABLE organization (id text PRIMARY KEY, name text NOT NULL, price_cents bigint NOT NULL, suspended_at timestamptz);

CREATE TABLE project (id text PRIMARY KEY, organization_id text NOT NULL REFERENCES organization);

CREATE TABLE api_key (
  id text PRIMARY KEY, organization_id text NOT NULL REFERENCES organization, prefix text NOT NULL UNIQUE, secret_digest bytea NOT NULL,
  env text NOT NULL, scopes text[] NOT NULL, killed_at timestamptz, revoked_at timestamptz,
  reads_per_minute integer NOT NULL, writes_per_minute integer NOT NULL, writes_per_day integer NOT NULL
);

CREATE UNLOGGED TABLE rate_bucket (
  api_key_id text, endpoint_class text, minute_taken integer NOT NULL, minute_ends_at timestamptz NOT NULL, day_taken integer NOT NULL,
  day_ends_at timestamptz NOT NULL, PRIMARY KEY (api_key_id, endpoint_class)
) WITH (fillfactor = 50);

CREATE TABLE idempotency_record (
  organization_id text, key text, fingerprint bytea NOT NULL, status smallint NOT NULL, body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (organization_id, key)
);

CREATE TABLE lease_request (
  id text PRIMARY KEY, request_id text NOT NULL, organization_id text NOT NULL REFERENCES organization, project_id text NOT NULL REFERENCES project,
  api_key_id text NOT NULL REFERENCES api_key, fingerprint bytea NOT NULL, count integer NOT NULL, vertical text NOT NULL, audience text, language text,
  geo text[], target text, partner_note text, metadata jsonb, status text NOT NULL, assigned_count integer NOT NULL DEFAULT 0, version integer NOT NULL DEFAULT 1,
  claimed_by text, claimed_until timestamptz, submitted_at timestamptz NOT NULL, assigned_at timestamptz, updated_at timestamptz NOT NULL,
  UNIQUE (organization_id, request_id), CHECK (assigned_count <= count)
);
CREATE INDEX ON lease_request (submitted_at, id) WHERE status = 'requested';
CREATE INDEX ON lease_request (organization_id, submitted_at DESC, id DESC);
CREATE INDEX ON lease_request (project_id, submitted_at DESC, id DESC);
CREATE INDEX ON lease_request (organization_id, updated_at);

CREATE TABLE social_account (
  id text PRIMARY KEY, handle text NOT NULL UNIQUE, followers bigint NOT NULL, verticals text[] NOT NULL, language text NOT NULL, countries text[] NOT NULL,
  status text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, released_at timestamptz
);

CREATE TABLE lease (
  id text PRIMARY KEY, lease_request_id text NOT NULL REFERENCES lease_request, organization_id text NOT NULL REFERENCES organization,
  project_id text NOT NULL REFERENCES project, social_account_id text NOT NULL REFERENCES social_account, price_cents bigint NOT NULL,
  assigned_at timestamptz NOT NULL, assigned_by text NOT NULL, anchor_day smallint NOT NULL, next_renewal_at timestamptz, status text NOT NULL,
  ended_at timestamptz, end_reason text, handle_at_end text, followers_at_end bigint
);
CREATE UNIQUE INDEX ON lease (social_account_id) WHERE status = 'active';
CREATE INDEX ON lease (lease_request_id, assigned_at, id);
CREATE INDEX ON lease (organization_id, assigned_at DESC, id DESC);
CREATE INDEX ON lease (project_id, assigned_at DESC, id DESC);
CREATE INDEX ON lease (next_renewal_at, id) WHERE status = 'active';

CREATE TABLE ledger_account (
  id text PRIMARY KEY, organization_id text UNIQUE REFERENCES organization, balance_cents bigint CHECK (balance_cents >= 0), wallet_seq bigint
);
INSERT INTO ledger_account VALUES ('funding'), ('revenue');

CREATE TABLE ledger_transfer (
  id text PRIMARY KEY, kind text NOT NULL, debit_account_id text NOT NULL REFERENCES ledger_account, credit_account_id text NOT NULL REFERENCES ledger_account,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0), organization_id text NOT NULL REFERENCES organization, lease_id text REFERENCES lease,
  period_start timestamptz, period_end timestamptz, booked_by text NOT NULL, wallet_seq bigint NOT NULL, wallet_balance_after bigint NOT NULL,
  booked_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX ON ledger_transfer (organization_id, wallet_seq);
CREATE UNIQUE INDEX ON ledger_transfer (lease_id, period_start);

CREATE TABLE audit_event (
  id text PRIMARY KEY, type text NOT NULL, occurred_at timestamptz NOT NULL, organization_id text NOT NULL, project_id text, api_key_id text,
  object_id text NOT NULL, lease_request_id text, actor_kind text NOT NULL, actor_id text NOT NULL, request_id text NOT NULL, data jsonb NOT NULL,
  internal jsonb NOT NULL
);
CREATE INDEX ON audit_event (organization_id, occurred_at DESC, id);

CREATE TABLE event (
  id text PRIMARY KEY, recorded_order bigint GENERATED ALWAYS AS IDENTITY, organization_id text NOT NULL, project_id text, type text NOT NULL, body text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX ON event (organization_id, recorded_order);

CREATE TABLE staff_user (id text PRIMARY KEY, role text NOT NULL, disabled_at timestamptz);
CREATE TABLE staff_session (sid text PRIMARY KEY, staff_id text NOT NULL REFERENCES staff_user, expire timestamptz NOT NULL);

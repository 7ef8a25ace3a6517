import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The pool's triggers of migration 8; a sandbox's accounts make no word known. */
const poolEntriesCame = (ofThePool: string) => `
      CREATE OR REPLACE FUNCTION pool_entries_came() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO known_vertical (vertical)
            SELECT DISTINCT word FROM came CROSS JOIN unnest(came.verticals) AS word
             WHERE ${ofThePool}NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word) ORDER BY word
            ON CONFLICT DO NOTHING;
          INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox, changed_at)
            SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox, account.updated_at
              FROM came account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available';
          RETURN NULL;
        END $$;`;

/** The list of verticals of migration 22. @param real what leaves out the rows of sandboxes @param sides those of the pool that count */
const panelVertical = (real: string, sides: string) => `
      CREATE OR REPLACE VIEW panel_vertical AS
        SELECT vertical AS id, vertical, coalesce(in_pool, false) AS in_pool,
               (SELECT count(*) FROM (
                  SELECT FROM pool_entry WHERE sandbox IN (${sides}) AND pool_entry.vertical = word.vertical LIMIT 1001) one) AS available,
               coalesce(wanted, 0) AS wanted, coalesce(synonyms, '{}') AS synonyms, stands_for
          FROM (SELECT vertical, in_pool, wanted, synonyms
                  FROM (SELECT known.vertical,
                               CASE WHEN EXISTS (SELECT FROM pool_entry WHERE sandbox IN (${sides}) AND pool_entry.vertical = known.vertical)
                                    THEN true
                                    ELSE EXISTS (SELECT FROM social_account WHERE verticals @> ARRAY[known.vertical] AND status <> 'retired'${real})
                               END AS in_pool
                          FROM known_vertical known) pool
                  FULL JOIN (
    SELECT vertical_key AS vertical, sum(count - assigned_count)::bigint AS wanted
      FROM lease_request WHERE status = 'requested' AND vertical_key IS NOT NULL${real} GROUP BY vertical_key) asked USING (vertical)
  FULL JOIN (
    SELECT vertical, array_agg(synonym ORDER BY synonym) AS synonyms FROM vertical_synonym GROUP BY vertical) words USING (vertical)) word
          LEFT JOIN (SELECT synonym, vertical AS stands_for FROM vertical_synonym) meaning ON meaning.synonym = vertical
         WHERE in_pool OR wanted IS NOT NULL OR synonyms IS NOT NULL;`;

/** Reads a large table only where there is a sandbox. */
const takeSideAgain = (table: string) => `
      DO $$ BEGIN
        IF EXISTS (SELECT FROM organization WHERE sandbox) THEN
          UPDATE ${table} SET sandbox = true FROM organization WHERE organization.id = ${table}.organization_id AND organization.sandbox;
        END IF;
      END $$;`;

/**
 * What is a partner's sandbox's and what is ours never meet: a key belongs to an organization of its environment, a lease has an account of
 * its organization's side, and a transfer has both accounts of one side. Requests, leases and transfers know their side, which triggers set.
 *
 * No test key could be made before. One that was put into the table by hand belongs to a real partner: it is revoked, and stays as it is.
 * The new columns have constant defaults, so no large table is rewritten; the version before runs on it. Its calls lock requests and
 * keys before the organization, and all of them read that one: it comes last, after the index over all requests. Rows of a sandbox are
 * there already where this was taken back: they get their side again, transfers too, of which nothing else changes.
 */
export class Sandboxes1767225600046 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE lease_request ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
      ${takeSideAgain('lease_request')}
      CREATE FUNCTION request_takes_side() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.sandbox := coalesce((SELECT sandbox FROM organization WHERE id = NEW.organization_id), false);
          RETURN NEW;
        END $$;
      CREATE TRIGGER lease_request_takes_side BEFORE INSERT OR UPDATE OF organization_id, sandbox ON lease_request
        FOR EACH ROW EXECUTE FUNCTION request_takes_side();
      CREATE INDEX lease_request_of_sandboxes ON lease_request (id) WHERE sandbox;

      CREATE FUNCTION refuse_other_side() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% neither becomes nor stops being a sandbox''s', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
      CREATE TRIGGER social_account_keeps_side BEFORE UPDATE OF sandbox ON social_account FOR EACH ROW
        WHEN (OLD.sandbox <> NEW.sandbox) EXECUTE FUNCTION refuse_other_side();

      ALTER TABLE lease ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
      ${takeSideAgain('lease')}
      CREATE FUNCTION lease_takes_side() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.sandbox := coalesce((SELECT sandbox FROM organization WHERE id = NEW.organization_id), false);
          IF EXISTS (SELECT FROM social_account WHERE id = NEW.social_account_id AND sandbox <> NEW.sandbox) THEN
            RAISE EXCEPTION 'lease % violates: only a sandbox leases a sandbox account', NEW.id USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER lease_takes_side BEFORE INSERT OR UPDATE OF organization_id, social_account_id, sandbox ON lease
        FOR EACH ROW EXECUTE FUNCTION lease_takes_side();

      ALTER TABLE ledger_account
        ADD COLUMN sandbox boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT ledger_account_kind_check,
        ADD CONSTRAINT ledger_account_kind_check CHECK (kind IN ('wallet', 'owed', 'revenue', 'funding', 'adjustments',
          'sandbox_revenue', 'sandbox_funding', 'sandbox_adjustments'));
      ${takeSideAgain('ledger_account')}
      UPDATE ledger_account SET sandbox = true WHERE starts_with(kind, 'sandbox_');
      CREATE FUNCTION ledger_account_takes_side() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.sandbox := CASE WHEN NEW.organization_id IS NULL THEN starts_with(NEW.kind, 'sandbox_')
                              ELSE coalesce((SELECT sandbox FROM organization WHERE id = NEW.organization_id), false) END;
          RETURN NEW;
        END $$;
      CREATE TRIGGER ledger_account_takes_side BEFORE INSERT OR UPDATE OF kind, organization_id, sandbox ON ledger_account
        FOR EACH ROW EXECUTE FUNCTION ledger_account_takes_side();
      INSERT INTO ledger_account (id, kind)
        VALUES ('sandbox_revenue', 'sandbox_revenue'), ('sandbox_funding', 'sandbox_funding'), ('sandbox_adjustments', 'sandbox_adjustments')
        ON CONFLICT DO NOTHING;

      ALTER TABLE ledger_transfer ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
      ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_append_only;
      ${takeSideAgain('ledger_transfer')}
      ALTER TABLE ledger_transfer ENABLE TRIGGER ledger_transfer_append_only;
      CREATE FUNCTION transfer_takes_side() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.sandbox := coalesce((SELECT sandbox FROM organization WHERE id = NEW.organization_id), false);
          IF EXISTS (SELECT FROM ledger_account WHERE id IN (NEW.debit_account_id, NEW.credit_account_id) AND sandbox <> NEW.sandbox)
             OR (NEW.lease_id IS NOT NULL AND EXISTS (SELECT FROM lease WHERE id = NEW.lease_id AND sandbox <> NEW.sandbox)) THEN
            RAISE EXCEPTION 'transfer % violates: play money pays for a sandbox alone, and nothing else does', NEW.id
              USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER ledger_transfer_takes_side BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION transfer_takes_side();

      WITH revoked AS (
        UPDATE api_key SET revoked_at = now()
          FROM organization
         WHERE organization.id = api_key.organization_id AND (api_key.env = 'test') <> organization.sandbox AND api_key.revoked_at IS NULL
        RETURNING api_key.id, api_key.organization_id, api_key.name, api_key.prefix
      )
      INSERT INTO audit_event (id, type, occurred_at, organization_id, object_id, actor_kind, actor_id, actor_name, request_id, data, internal)
        SELECT 'evt_' || upper(substr(md5(id), 1, 26)), 'api_key.revoked', now(), organization_id, id, 'system', 'system', 'migration 46',
               'req_' || upper(substr(md5(id), 1, 26)), jsonb_build_object('apiKeyId', id, 'name', name, 'prefix', prefix),
               jsonb_build_object('reason', 'its environment is not that of its organization')
          FROM revoked;
      UPDATE api_key SET tier = 'standard' WHERE env = 'test' AND tier <> 'standard';
      ALTER TABLE api_key
        ADD CONSTRAINT api_key_test_is_standard CHECK (env <> 'test' OR tier = 'standard'),
        ADD COLUMN sandbox boolean GENERATED ALWAYS AS (env = 'test') STORED;

      CREATE TRIGGER organization_keeps_side BEFORE UPDATE ON organization FOR EACH ROW
        WHEN ((OLD.sandbox, OLD.parent_id) IS DISTINCT FROM (NEW.sandbox, NEW.parent_id)) EXECUTE FUNCTION refuse_other_side();
      CREATE UNIQUE INDEX organization_sandbox_of ON organization (parent_id) WHERE parent_id IS NOT NULL;
      ALTER TABLE organization ADD CONSTRAINT organization_side UNIQUE (id, sandbox);
      ALTER TABLE api_key
        ADD CONSTRAINT api_key_env_of_organization FOREIGN KEY (organization_id, sandbox) REFERENCES organization (id, sandbox) NOT VALID;

      CREATE OR REPLACE FUNCTION vertical_became_known() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO known_vertical (vertical)
            SELECT DISTINCT word FROM unnest(NEW.verticals) AS word
             WHERE NOT NEW.sandbox AND NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word) ORDER BY word
            ON CONFLICT DO NOTHING;
          RETURN NULL;
        END $$;
      ${poolEntriesCame('NOT came.sandbox AND ')}
      ${panelVertical(' AND NOT sandbox', 'false')}

      CREATE OR REPLACE VIEW panel_organization AS
        SELECT id, name, CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS status, price_cents, suspended_at, created_at,
               sandbox, parent_id, (SELECT own.id FROM organization own WHERE own.parent_id = organization.id) AS sandbox_id
          FROM organization;
      CREATE OR REPLACE VIEW panel_lease_request AS
        SELECT id, request_id, organization_id, project_id, api_key_id, status, count, assigned_count, blocker, blocker_since,
               vertical, audience, language, geo, target, partner_note, version, submitted_at, assigned_at, closed_at, closed_by,
               outcome_reason, updated_at, sandbox
          FROM lease_request;
    `);
  }

  /**
   * What sandboxes hold stays, since transfers are for good, and with it the accounts that play money comes from and goes to. The version
   * before takes a sandbox for a partner like others; `up` sets it apart again.
   */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_organization, panel_lease_request;
      CREATE VIEW panel_organization AS
        SELECT id, name, CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS status, price_cents, suspended_at, created_at
          FROM organization;
      CREATE VIEW panel_lease_request AS
        SELECT id, request_id, organization_id, project_id, api_key_id, status, count, assigned_count, blocker, blocker_since,
               vertical, audience, language, geo, target, partner_note, version, submitted_at, assigned_at, closed_at, closed_by,
               outcome_reason, updated_at
          FROM lease_request;
      CREATE OR REPLACE FUNCTION vertical_became_known() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO known_vertical (vertical)
            SELECT DISTINCT word FROM unnest(NEW.verticals) AS word
             WHERE NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word) ORDER BY word
            ON CONFLICT DO NOTHING;
          RETURN NULL;
        END $$;
      ${poolEntriesCame('')}
      ${panelVertical('', 'false, true')}

      DROP TRIGGER ledger_transfer_takes_side ON ledger_transfer;
      ALTER TABLE ledger_transfer DROP COLUMN sandbox;
      DROP TRIGGER ledger_account_takes_side ON ledger_account;
      ALTER TABLE ledger_account DROP COLUMN sandbox;
      DROP TRIGGER lease_takes_side ON lease;
      ALTER TABLE lease DROP COLUMN sandbox;
      DROP INDEX lease_request_of_sandboxes;
      DROP TRIGGER lease_request_takes_side ON lease_request;
      ALTER TABLE lease_request DROP COLUMN sandbox;
      DROP FUNCTION transfer_takes_side(), ledger_account_takes_side(), lease_takes_side(), request_takes_side();

      ALTER TABLE api_key DROP CONSTRAINT api_key_env_of_organization, DROP COLUMN sandbox, DROP CONSTRAINT api_key_test_is_standard;
      ALTER TABLE organization DROP CONSTRAINT organization_side;
      DROP INDEX organization_sandbox_of;
      DROP TRIGGER social_account_keeps_side ON social_account;
      DROP TRIGGER organization_keeps_side ON organization;
      DROP FUNCTION refuse_other_side();
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the queue, the dashboard and the search box read at any size. `pool_entry` holds the available accounts, narrow and by
 * vertical, so that matching never walks over the whole pool; triggers on `social_account` keep it, whoever changes an account.
 */
export class QueueAndFigures1767225600008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE lease_request
        ADD COLUMN first_assigned_at timestamptz(3),
        ADD COLUMN first_assigned_paused_ms bigint;
      UPDATE lease_request SET first_assigned_at = first.at, first_assigned_paused_ms = 0
        FROM (SELECT lease_request_id AS id, min(assigned_at) AS at FROM lease GROUP BY lease_request_id) first
       WHERE first.id = lease_request.id;

      CREATE INDEX lease_request_urgent ON lease_request ((paused_at IS NOT NULL), coalesce(due_at, submitted_at), id)
        WHERE status = 'requested';
      CREATE INDEX lease_request_open ON lease_request (organization_id)
        INCLUDE (count, assigned_count, blocker, due_at, paused_at, claimed_by, claimed_until) WHERE status = 'requested';
      CREATE INDEX lease_request_newest ON lease_request (submitted_at, id);
      CREATE INDEX lease_request_first_assigned ON lease_request (first_assigned_at) WHERE first_assigned_at IS NOT NULL;
      CREATE INDEX lease_request_text ON lease_request USING gin (request_id gin_trgm_ops);
      CREATE INDEX lease_newest ON lease (assigned_at, id);
      CREATE INDEX lease_over ON lease (ended_at) WHERE ended_at IS NOT NULL;
      CREATE INDEX lease_past_due ON lease (past_due_since) WHERE status = 'past_due';
      CREATE INDEX request_note_newest ON request_note (created_at, id);
      CREATE INDEX ledger_transfer_newest ON ledger_transfer (booked_at, id);
      CREATE INDEX ledger_transfer_text ON ledger_transfer USING gin (reference gin_trgm_ops) WHERE reference IS NOT NULL;
      CREATE INDEX api_key_beginning ON api_key (prefix text_pattern_ops);
      CREATE INDEX organization_text ON organization USING gin (name gin_trgm_ops);
      CREATE INDEX social_account_changed_in ON social_account (status, updated_at, id);
      CREATE INDEX social_account_language ON social_account (status, lower(split_part(language, '-', 1)));
      CREATE INDEX social_account_verticals ON social_account USING gin (verticals);

      CREATE TABLE pool_entry (
        social_account_id text NOT NULL,
        vertical text NOT NULL,
        primary_language text NOT NULL,
        countries text[] NOT NULL,
        followers bigint NOT NULL,
        sandbox boolean NOT NULL,
        PRIMARY KEY (social_account_id, vertical)
      );
      INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox)
        SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox
          FROM social_account account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available';
      CREATE INDEX pool_entry_best ON pool_entry (sandbox, vertical, primary_language, followers DESC, social_account_id) INCLUDE (countries);

      CREATE FUNCTION pool_entries_came() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox)
            SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox
              FROM came account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available';
          RETURN NULL;
        END $$;
      CREATE FUNCTION pool_entries_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          DELETE FROM pool_entry WHERE social_account_id = OLD.id;
          INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox)
            SELECT DISTINCT NEW.id, vertical, NEW.primary_language, NEW.countries, NEW.followers, NEW.sandbox
              FROM unnest(NEW.verticals) AS vertical WHERE NEW.status = 'available';
          RETURN NULL;
        END $$;
      CREATE FUNCTION pool_entries_went() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          DELETE FROM pool_entry USING went WHERE pool_entry.social_account_id = went.id;
          RETURN NULL;
        END $$;
      CREATE TRIGGER pool_entries_came AFTER INSERT ON social_account
        REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION pool_entries_came();
      CREATE TRIGGER pool_entries_changed AFTER UPDATE ON social_account FOR EACH ROW
        WHEN ('available' IN (OLD.status, NEW.status)
              AND (OLD.status, OLD.verticals, OLD.language, OLD.countries, OLD.followers, OLD.sandbox)
                  IS DISTINCT FROM (NEW.status, NEW.verticals, NEW.language, NEW.countries, NEW.followers, NEW.sandbox))
        EXECUTE FUNCTION pool_entries_changed();
      CREATE TRIGGER pool_entries_went AFTER DELETE ON social_account
        REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION pool_entries_went();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER pool_entries_came ON social_account;
      DROP TRIGGER pool_entries_changed ON social_account;
      DROP TRIGGER pool_entries_went ON social_account;
      DROP FUNCTION pool_entries_came(), pool_entries_changed(), pool_entries_went();
      DROP TABLE pool_entry;
      DROP INDEX lease_request_urgent, lease_request_open, lease_request_newest, lease_request_first_assigned, lease_request_text, lease_newest, lease_over,
                 lease_past_due, request_note_newest, ledger_transfer_newest, ledger_transfer_text, api_key_beginning, organization_text,
                 social_account_changed_in, social_account_language, social_account_verticals;
      ALTER TABLE lease_request DROP COLUMN first_assigned_at, DROP COLUMN first_assigned_paused_ms;
    `);
  }
}

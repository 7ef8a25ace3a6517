import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the queue, the dashboard and the search box read at any size. `pool_entry` holds the available accounts, narrow and by
 * vertical, so that matching never walks over the whole pool; triggers on `social_account` keep it, whoever changes an account.
 * `known_vertical` holds the pool's words, for those that come close to another. `kept_day` holds the figures of days that are over; no writer of today touches it (a running total would be one row that all
 * assignments wait for), and triggers forget a day, with those after it, when something is written into it later.
 */
export class QueueAndFigures1767225600008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- No account changes between the copy and the triggers that keep it.
      LOCK TABLE social_account IN SHARE ROW EXCLUSIVE MODE;
      CREATE TABLE pool_entry (
        social_account_id text NOT NULL,
        vertical text NOT NULL,
        primary_language text NOT NULL,
        countries text[] NOT NULL,
        followers bigint NOT NULL,
        sandbox boolean NOT NULL,
        changed_at timestamptz(3) NOT NULL,
        PRIMARY KEY (social_account_id, vertical)
      );
      INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox, changed_at)
        SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox, account.updated_at
          FROM social_account account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available';
      CREATE INDEX pool_entry_best ON pool_entry (sandbox, vertical, primary_language, followers DESC, social_account_id) INCLUDE (countries, changed_at);
      ANALYZE pool_entry;

      -- Every word that an account ever had. Nobody counts here, so that nobody waits for who uses the same word.
      CREATE TABLE known_vertical (vertical text PRIMARY KEY);
      INSERT INTO known_vertical (vertical) SELECT DISTINCT unnest(verticals) FROM social_account;
      CREATE FUNCTION vertical_became_known() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO known_vertical (vertical)
            SELECT DISTINCT word FROM unnest(NEW.verticals) AS word
             WHERE NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word) ORDER BY word
            ON CONFLICT DO NOTHING;
          RETURN NULL;
        END $$;
      CREATE TRIGGER vertical_became_known AFTER UPDATE OF verticals ON social_account FOR EACH ROW EXECUTE FUNCTION vertical_became_known();

      CREATE FUNCTION pool_entries_came() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO known_vertical (vertical)
            SELECT DISTINCT word FROM came CROSS JOIN unnest(came.verticals) AS word
             WHERE NOT EXISTS (SELECT FROM known_vertical WHERE known_vertical.vertical = word) ORDER BY word
            ON CONFLICT DO NOTHING;
          INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox, changed_at)
            SELECT DISTINCT account.id, vertical, account.primary_language, account.countries, account.followers, account.sandbox, account.updated_at
              FROM came account CROSS JOIN unnest(account.verticals) AS vertical WHERE account.status = 'available';
          RETURN NULL;
        END $$;
      CREATE FUNCTION pool_entries_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.status = 'available' THEN
            DELETE FROM pool_entry WHERE social_account_id = OLD.id;
          END IF;
          IF NEW.status = 'available' THEN
            INSERT INTO pool_entry (social_account_id, vertical, primary_language, countries, followers, sandbox, changed_at)
              SELECT DISTINCT NEW.id, vertical, NEW.primary_language, NEW.countries, NEW.followers, NEW.sandbox, NEW.updated_at
                FROM unnest(NEW.verticals) AS vertical;
          END IF;
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

      CREATE TABLE kept_day (
        time_zone text NOT NULL,
        day date NOT NULL,
        ended_at timestamptz(3) NOT NULL,
        figures jsonb NOT NULL,
        -- Milliseconds each: of several days together the percentiles cannot be put together from those of each.
        first_took bigint[] NOT NULL DEFAULT '{}',
        close_took bigint[] NOT NULL DEFAULT '{}',
        PRIMARY KEY (time_zone, day)
      );
      CREATE INDEX kept_day_end ON kept_day (ended_at);

      -- The look comes first, so that nobody waits for the keeper's lock who has nothing to forget.
      CREATE FUNCTION forget_days_since(since timestamptz) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM kept_day WHERE kept_day.ended_at > since) THEN
            DELETE FROM kept_day WHERE kept_day.ended_at > since;
          END IF;
        END $$;
      CREATE FUNCTION request_changed_days() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            -- The hot path: one look, and no call of another function.
            IF EXISTS (SELECT FROM kept_day WHERE kept_day.ended_at > least(NEW.submitted_at, NEW.first_assigned_at, NEW.closed_at)) THEN
              PERFORM forget_days_since(least(NEW.submitted_at, NEW.first_assigned_at, NEW.closed_at));
            END IF;
          ELSE
            PERFORM forget_days_since(least(
              CASE WHEN NEW.submitted_at <> OLD.submitted_at THEN least(NEW.submitted_at, OLD.submitted_at) END,
              CASE WHEN NEW.first_assigned_at IS DISTINCT FROM OLD.first_assigned_at THEN least(NEW.first_assigned_at, OLD.first_assigned_at) END,
              CASE WHEN NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN least(NEW.closed_at, OLD.closed_at) END));
          END IF;
          RETURN NULL;
        END $$;
      CREATE FUNCTION lease_changed_days() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            PERFORM forget_days_since(least(NEW.assigned_at, NEW.ended_at));
          ELSE
            PERFORM forget_days_since(least(
              CASE WHEN (NEW.assigned_at, NEW.price_cents) <> (OLD.assigned_at, OLD.price_cents) THEN least(NEW.assigned_at, OLD.assigned_at) END,
              CASE WHEN NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN least(NEW.ended_at, OLD.ended_at) END));
          END IF;
          RETURN NULL;
        END $$;
      CREATE FUNCTION transfer_changed_days() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM kept_day WHERE kept_day.ended_at > NEW.booked_at) THEN
            PERFORM forget_days_since(NEW.booked_at);
          END IF;
          RETURN NULL;
        END $$;
      CREATE TRIGGER request_changed_days AFTER INSERT OR UPDATE OF submitted_at, first_assigned_at, closed_at ON lease_request
        FOR EACH ROW EXECUTE FUNCTION request_changed_days();
      CREATE TRIGGER lease_changed_days AFTER INSERT OR UPDATE OF assigned_at, price_cents, ended_at ON lease
        FOR EACH ROW EXECUTE FUNCTION lease_changed_days();
      CREATE TRIGGER transfer_changed_days AFTER INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION transfer_changed_days();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER request_changed_days ON lease_request;
      DROP TRIGGER lease_changed_days ON lease;
      DROP TRIGGER transfer_changed_days ON ledger_transfer;
      DROP FUNCTION request_changed_days(), lease_changed_days(), transfer_changed_days(), forget_days_since(timestamptz);
      DROP TABLE kept_day;
      DROP TRIGGER vertical_became_known ON social_account;
      DROP FUNCTION vertical_became_known();
      DROP TABLE known_vertical;
      DROP TRIGGER pool_entries_came ON social_account;
      DROP TRIGGER pool_entries_changed ON social_account;
      DROP TRIGGER pool_entries_went ON social_account;
      DROP FUNCTION pool_entries_came(), pool_entries_changed(), pool_entries_went();
      DROP TABLE pool_entry;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each request, lease and transfer asks whether it belongs to a day whose figures are kept: the last one alone has to be looked at, at the
 * end of an index. `EXISTS (… ended_at > …)` reads all days there are, since PostgreSQL expects to find one of them early.
 */
export class LastKeptDay1767225600052 implements MigrationInterface {
  up(db: QueryRunner): Promise<void> {
    return db.query(toFunctions((since) => `(SELECT max(kept_day.ended_at) FROM kept_day) > ${since}`));
  }

  down(db: QueryRunner): Promise<void> {
    return db.query(toFunctions((since) => `EXISTS (SELECT FROM kept_day WHERE kept_day.ended_at > ${since})`));
  }
}

function toFunctions(isKeptSince: (since: string) => string): string {
  const firstChange = 'least(NEW.submitted_at, NEW.first_assigned_at, NEW.closed_at)';
  return `
      CREATE OR REPLACE FUNCTION forget_days_since(since timestamptz) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF ${isKeptSince('since')} THEN
            DELETE FROM kept_day WHERE kept_day.ended_at > since;
          END IF;
        END $$;

      CREATE OR REPLACE FUNCTION request_changed_days() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            -- The hot path: one look, and no call of another function.
            IF ${isKeptSince(firstChange)} THEN
              PERFORM forget_days_since(${firstChange});
            END IF;
          ELSE
            PERFORM forget_days_since(least(
              CASE WHEN NEW.submitted_at <> OLD.submitted_at THEN least(NEW.submitted_at, OLD.submitted_at) END,
              CASE WHEN NEW.first_assigned_at IS DISTINCT FROM OLD.first_assigned_at THEN least(NEW.first_assigned_at, OLD.first_assigned_at) END,
              CASE WHEN NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN least(NEW.closed_at, OLD.closed_at) END));
          END IF;
          RETURN NULL;
        END $$;

      CREATE OR REPLACE FUNCTION transfer_changed_days() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF ${isKeptSince('NEW.booked_at')} THEN
            PERFORM forget_days_since(NEW.booked_at);
          END IF;
          RETURN NULL;
        END $$;`;
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const liveLeases =
  "FROM lease WHERE lease.organization_id = wallet.organization_id AND lease.status IN ('active', 'past_due')";
const commitment = `(SELECT coalesce(sum(lease.price_cents), 0)::bigint ${liveLeases})`;
const columns = `wallet.organization_id AS id, organization.name AS organization_name, wallet.balance_cents, wallet.owed_cents,
  organization.price_cents, (SELECT count(*) ${liveLeases}) AS live_leases, ${commitment} AS monthly_commitment_cents,
  wallet.last_booked_at, wallet.balance_cents / nullif(${commitment}, 0) AS covered_months`;
const wallets =
  "FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id WHERE wallet.kind = 'wallet'";

/**
 * What renewals remember of a lease that is past due, whether money is frozen, and how far the demo's clock stands ahead.
 * Every new column may be NULL or has a constant default; the version before makes no lease past due.
 */
export class Renewals1767225600020 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE lease
        ADD COLUMN retry_at timestamptz(3),
        ADD COLUMN grace_days_tried smallint NOT NULL DEFAULT 0 CHECK (grace_days_tried >= 0);
      UPDATE lease SET retry_at = past_due_since + interval '24 hours', grace_days_tried = 1 WHERE status = 'past_due';
      ALTER TABLE lease ADD CONSTRAINT lease_past_due_is_retried CHECK (status <> 'past_due' OR retry_at IS NOT NULL);
      CREATE INDEX lease_due_of_organization ON lease (organization_id, next_renewal_at, id) WHERE status IN ('active', 'past_due');

      CREATE TABLE house_state (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        clock_ahead_ms bigint NOT NULL DEFAULT 0 CHECK (clock_ahead_ms >= 0),
        frozen_at timestamptz(3),
        frozen_by text,
        freeze_reason text CHECK (char_length(freeze_reason) BETWEEN 1 AND 500),
        CHECK ((frozen_at IS NULL) = (freeze_reason IS NULL) AND (frozen_at IS NULL) = (frozen_by IS NULL))
      );
      INSERT INTO house_state (only_one) VALUES (true);

      CREATE FUNCTION money_frozen_because() RETURNS text LANGUAGE plpgsql AS $$
        DECLARE reason text;
        BEGIN
          PERFORM pg_advisory_xact_lock_shared(7214530004);
          SELECT freeze_reason INTO reason FROM house_state;
          RETURN reason;
        END $$;

      CREATE OR REPLACE VIEW panel_wallet AS
        SELECT ${columns}, organization.low_balance_threshold_cents,
               coalesce(wallet.balance_cents - wallet.owed_cents < organization.low_balance_threshold_cents, false) AS is_low
          ${wallets};
      -- Joined from the outside, a partner's newest leases are found before their accounts are looked up.
      CREATE OR REPLACE VIEW panel_lease AS
        SELECT lease.id, lease.lease_request_id, lease.organization_id, lease.project_id, lease.social_account_id,
               coalesce(lease.handle_at_end, account.handle) AS handle,
               coalesce(lease.followers_at_end, account.followers) AS followers,
               lease.status, lease.price_cents, lease.assigned_at, coalesce(staff_user.name, lease.assigned_by) AS assigned_by,
               lease.next_renewal_at, lease.past_due_since, lease.ended_at, lease.end_reason,
               CASE WHEN lease.status = 'past_due'
                    THEN greatest(lease.past_due_since + interval '168 hours', lease.retry_at + (7 - lease.grace_days_tried) * interval '24 hours')
               END AS disconnects_at
          FROM lease
          LEFT JOIN social_account account ON account.id = lease.social_account_id
          LEFT JOIN staff_user ON staff_user.id = lease.assigned_by;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_lease, panel_wallet;
      CREATE VIEW panel_wallet AS
        SELECT ${columns} ${wallets};
      CREATE VIEW panel_lease AS
        SELECT lease.id, lease.lease_request_id, lease.organization_id, lease.project_id, lease.social_account_id,
               coalesce(lease.handle_at_end, account.handle) AS handle,
               coalesce(lease.followers_at_end, account.followers) AS followers,
               lease.status, lease.price_cents, lease.assigned_at, coalesce(staff_user.name, lease.assigned_by) AS assigned_by,
               lease.next_renewal_at, lease.past_due_since, lease.ended_at, lease.end_reason
          FROM lease
          JOIN social_account account ON account.id = lease.social_account_id
          LEFT JOIN staff_user ON staff_user.id = lease.assigned_by;
      DROP FUNCTION money_frozen_because();
      DROP TABLE house_state;
      DROP INDEX lease_due_of_organization;
      ALTER TABLE lease DROP COLUMN retry_at, DROP COLUMN grace_days_tried;
    `);
  }
}

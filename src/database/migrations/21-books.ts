import type { MigrationInterface, QueryRunner } from 'typeorm';

const liveLeases =
  "FROM lease WHERE lease.organization_id = wallet.organization_id AND lease.status IN ('active', 'past_due')";
const commitment = `(SELECT coalesce(sum(lease.price_cents), 0)::bigint ${liveLeases})`;
const columns = `wallet.organization_id AS id, organization.name AS organization_name, wallet.balance_cents, wallet.owed_cents,
  organization.price_cents, (SELECT count(*) ${liveLeases}) AS live_leases, ${commitment} AS monthly_commitment_cents,
  wallet.last_booked_at, wallet.balance_cents / nullif(${commitment}, 0) AS covered_months, organization.low_balance_threshold_cents,
  coalesce(wallet.balance_cents - wallet.owed_cents < organization.low_balance_threshold_cents, false) AS is_low`;
const wallets =
  "FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id WHERE wallet.kind = 'wallet'";

/**
 * Bounced top-ups in one or two legs, payouts, movements that wait for a second person, closed months and the daily proof.
 * Nothing is rewritten; the version before books no reversal and no payout.
 */
export class Books1767225600021 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE ledger_transfer
        ADD CONSTRAINT ledger_transfer_payout_has_reference CHECK (kind <> 'payout' OR reference IS NOT NULL),
        ADD CONSTRAINT ledger_transfer_reversal_or_settlement
          CHECK (kind <> 'top_up_reversal' OR (reverses_id IS NOT NULL) = (credit_account_id = 'funding'));
      CREATE UNIQUE INDEX ledger_transfer_payout_reference ON ledger_transfer (reference) WHERE kind = 'payout';

      CREATE FUNCTION top_up_comes_back_once() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE whole bigint; taken bigint;
        BEGIN
          SELECT amount_cents INTO whole FROM ledger_transfer
           WHERE id = NEW.reverses_id AND kind = 'top_up' AND organization_id = NEW.organization_id FOR UPDATE;
          SELECT coalesce(sum(amount_cents), 0) INTO taken FROM ledger_transfer
           WHERE reverses_id = NEW.reverses_id AND kind = 'top_up_reversal';
          IF whole IS NULL OR taken + NEW.amount_cents > whole THEN
            RAISE EXCEPTION 'top-up % violates: more than it brought would be taken back', NEW.reverses_id USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER ledger_transfer_comes_back_once BEFORE INSERT ON ledger_transfer FOR EACH ROW
        WHEN (NEW.kind = 'top_up_reversal' AND NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION top_up_comes_back_once();

      CREATE TABLE movement_proposal (
        id text PRIMARY KEY CHECK (starts_with(id, 'mov_')),
        organization_id text NOT NULL REFERENCES organization (id),
        kind text NOT NULL CHECK (kind IN ('adjustment', 'payout', 'top_up_reversal')),
        amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
        reference text CHECK (char_length(reference) BETWEEN 1 AND 200),
        reason text CHECK (char_length(reason) BETWEEN 1 AND 500),
        reverses_id text REFERENCES ledger_transfer (id),
        proposed_by text NOT NULL,
        proposed_at timestamptz(3) NOT NULL,
        decision text CHECK (decision IN ('approved', 'declined')),
        decided_by text,
        decided_at timestamptz(3),
        decline_reason text CHECK (char_length(decline_reason) BETWEEN 1 AND 500),
        transaction_id text REFERENCES ledger_transfer (id),
        CHECK (kind = 'adjustment' OR amount_cents < 0),
        CHECK (kind <> 'payout' OR reference IS NOT NULL),
        CHECK ((kind = 'top_up_reversal') = (reverses_id IS NOT NULL)),
        CONSTRAINT movement_proposal_second_person CHECK (decided_by <> proposed_by),
        CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
        CHECK ((decision IS NOT DISTINCT FROM 'approved') = (transaction_id IS NOT NULL)),
        CHECK ((decision IS NOT DISTINCT FROM 'declined') = (decline_reason IS NOT NULL))
      );
      CREATE UNIQUE INDEX movement_proposal_reference ON movement_proposal (kind, reference) WHERE decision IS NULL AND reference IS NOT NULL;
      CREATE UNIQUE INDEX movement_proposal_reversal ON movement_proposal (reverses_id) WHERE decision IS NULL AND reverses_id IS NOT NULL;
      CREATE INDEX movement_proposal_waiting ON movement_proposal (organization_id, proposed_at) WHERE decision IS NULL;

      CREATE TABLE closed_month (
        month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
        closed_at timestamptz(3) NOT NULL,
        closed_by text NOT NULL,
        partner_names jsonb NOT NULL,
        CONSTRAINT closed_month_is_over CHECK (closed_at >= (month + interval '1 month 1 hour') AT TIME ZONE 'UTC')
      );
      CREATE TRIGGER closed_month_append_only BEFORE UPDATE OR DELETE ON closed_month FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TABLE month_pack_file (
        month date NOT NULL REFERENCES closed_month (month),
        format integer NOT NULL,
        name text NOT NULL,
        sha256 text NOT NULL,
        made_at timestamptz(3) NOT NULL,
        PRIMARY KEY (month, format, name)
      );
      CREATE TRIGGER month_pack_file_append_only BEFORE UPDATE OR DELETE ON month_pack_file FOR EACH ROW EXECUTE FUNCTION refuse_change();

      CREATE FUNCTION month_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT 1 FROM closed_month WHERE month = date_trunc('month', NEW.booked_at AT TIME ZONE 'UTC')::date) THEN
            RAISE EXCEPTION 'the month of % is closed', NEW.booked_at USING ERRCODE = 'serialization_failure';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER ledger_transfer_month_is_open BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION month_must_be_open();

      ALTER TABLE house_state ADD COLUMN books_claimed_until timestamptz(3);

      CREATE OR REPLACE VIEW panel_ledger_transfer AS
        SELECT transfer.id, transfer.kind, transfer.organization_id,
               CASE WHEN starts_with(transfer.debit_account_id, 'wallet:') OR starts_with(transfer.debit_account_id, 'owed:')
                    THEN -transfer.amount_cents ELSE transfer.amount_cents END AS amount_cents,
               transfer.wallet_balance_after AS balance_after_cents, transfer.wallet_seq, transfer.debit_account_id, transfer.credit_account_id,
               transfer.lease_id, transfer.period_start, transfer.period_end, transfer.reverses_id, transfer.reference, transfer.reason,
               coalesce(staff_user.name, transfer.booked_by) AS booked_by, transfer.booked_at
          FROM ledger_transfer transfer LEFT JOIN staff_user ON staff_user.id = transfer.booked_by;

      CREATE OR REPLACE VIEW panel_wallet AS
        SELECT ${columns},
               (SELECT count(*) FROM movement_proposal
                 WHERE movement_proposal.organization_id = wallet.organization_id AND decision IS NULL) AS waiting_movements
          ${wallets};
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_wallet, panel_ledger_transfer;
      ALTER TABLE house_state DROP COLUMN books_claimed_until;
      DROP TRIGGER ledger_transfer_month_is_open ON ledger_transfer;
      DROP FUNCTION month_must_be_open();
      DROP TABLE month_pack_file;
      DROP TABLE closed_month;
      DROP TABLE movement_proposal;
      DROP TRIGGER ledger_transfer_comes_back_once ON ledger_transfer;
      DROP FUNCTION top_up_comes_back_once();
      DROP INDEX ledger_transfer_payout_reference;
      ALTER TABLE ledger_transfer
        DROP CONSTRAINT ledger_transfer_payout_has_reference, DROP CONSTRAINT ledger_transfer_reversal_or_settlement;

      CREATE VIEW panel_wallet AS
        SELECT ${columns} ${wallets};

      CREATE VIEW panel_ledger_transfer AS
        SELECT transfer.id, transfer.kind, transfer.organization_id,
               CASE WHEN starts_with(transfer.debit_account_id, 'wallet:') THEN -transfer.amount_cents ELSE transfer.amount_cents END AS amount_cents,
               transfer.wallet_balance_after AS balance_after_cents, transfer.wallet_seq, transfer.debit_account_id, transfer.credit_account_id,
               transfer.lease_id, transfer.period_start, transfer.period_end, transfer.reverses_id, transfer.reference, transfer.reason,
               coalesce(staff_user.name, transfer.booked_by) AS booked_by, transfer.booked_at
          FROM ledger_transfer transfer LEFT JOIN staff_user ON staff_user.id = transfer.booked_by;
    `);
  }
}

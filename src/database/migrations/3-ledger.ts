import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Ledger1767225600003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE ledger_account (
        id text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('wallet', 'owed', 'revenue', 'funding', 'adjustments')),
        organization_id text REFERENCES organization (id),
        balance_cents bigint CHECK (balance_cents >= 0 AND balance_cents <= 9000000000000000),
        owed_cents bigint CHECK (owed_cents >= 0),
        wallet_seq bigint CHECK (wallet_seq >= 0),
        last_booked_at timestamptz(3),
        UNIQUE (organization_id, kind),
        CHECK ((kind IN ('wallet', 'owed')) = (organization_id IS NOT NULL)),
        CHECK ((kind = 'wallet') = (balance_cents IS NOT NULL)),
        CHECK ((kind = 'wallet') = (owed_cents IS NOT NULL)),
        CHECK ((kind = 'wallet') = (wallet_seq IS NOT NULL)),
        CHECK (id = kind || coalesce(':' || organization_id, ''))
      );
      INSERT INTO ledger_account (id, kind) VALUES ('revenue', 'revenue'), ('funding', 'funding'), ('adjustments', 'adjustments');

      CREATE TABLE ledger_transfer (
        id text PRIMARY KEY CHECK (starts_with(id, 'txn_')),
        kind text NOT NULL CHECK (kind IN ('top_up', 'lease_charge', 'lease_renewal', 'refund', 'adjustment', 'top_up_reversal', 'payout')),
        debit_account_id text NOT NULL REFERENCES ledger_account (id),
        credit_account_id text NOT NULL REFERENCES ledger_account (id),
        amount_cents bigint NOT NULL CHECK (amount_cents > 0 AND amount_cents <= 9000000000000000),
        organization_id text NOT NULL REFERENCES organization (id),
        lease_id text REFERENCES lease (id),
        period_start timestamptz(3),
        period_end timestamptz(3),
        reverses_id text REFERENCES ledger_transfer (id),
        reference text CHECK (char_length(reference) BETWEEN 1 AND 200),
        reason text CHECK (char_length(reason) BETWEEN 1 AND 500),
        booked_by text NOT NULL,
        wallet_seq bigint,
        wallet_balance_after bigint CHECK (wallet_balance_after >= 0),
        booked_at timestamptz(3) NOT NULL,
        CHECK (debit_account_id <> credit_account_id),
        CHECK ((wallet_seq IS NULL) = (wallet_balance_after IS NULL)),
        CHECK ((wallet_seq IS NOT NULL) = (starts_with(debit_account_id, 'wallet:') OR starts_with(credit_account_id, 'wallet:'))),
        CHECK (wallet_seq IS NULL OR 'wallet:' || organization_id IN (debit_account_id, credit_account_id)),
        CHECK ((kind IN ('lease_charge', 'lease_renewal')) = (period_start IS NOT NULL)),
        CHECK ((period_start IS NULL) = (period_end IS NULL) AND period_start < period_end),
        CHECK (kind NOT IN ('lease_charge', 'lease_renewal', 'refund') OR lease_id IS NOT NULL),
        CHECK (kind <> 'refund' OR reverses_id IS NOT NULL),
        CHECK (kind <> 'top_up' OR reference IS NOT NULL),
        CHECK (kind <> 'adjustment' OR reason IS NOT NULL)
      );
      CREATE UNIQUE INDEX ledger_transfer_one_charge_per_period ON ledger_transfer (lease_id, period_start) WHERE kind IN ('lease_charge', 'lease_renewal');
      CREATE UNIQUE INDEX ledger_transfer_one_reversal ON ledger_transfer (reverses_id, debit_account_id) WHERE reverses_id IS NOT NULL;
      CREATE UNIQUE INDEX ledger_transfer_top_up_reference ON ledger_transfer (reference) WHERE kind = 'top_up';
      CREATE UNIQUE INDEX ledger_transfer_adjustment_reference ON ledger_transfer (reference) WHERE kind = 'adjustment';
      CREATE UNIQUE INDEX ledger_transfer_statement ON ledger_transfer (organization_id, wallet_seq) WHERE wallet_seq IS NOT NULL;
      CREATE INDEX ledger_transfer_of_lease ON ledger_transfer (lease_id) WHERE lease_id IS NOT NULL;

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
      CREATE TRIGGER ledger_transfer_append_only BEFORE UPDATE OR DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER ledger_transfer_keep_all BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE ledger_transfer; DROP TABLE ledger_account; DROP FUNCTION refuse_change();');
  }
}

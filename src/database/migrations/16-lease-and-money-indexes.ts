import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Writers of leases and of the ledger wait for these, each in turn; readers do not. */
export class LeaseAndMoneyIndexes1767225600016 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX lease_newest ON lease (assigned_at, id);
      CREATE INDEX lease_over ON lease (ended_at) WHERE ended_at IS NOT NULL;
      CREATE INDEX lease_past_due ON lease (past_due_since) WHERE status = 'past_due';
      CREATE INDEX ledger_transfer_newest ON ledger_transfer (booked_at, id);
      CREATE INDEX ledger_transfer_text ON ledger_transfer USING gin (reference gin_trgm_ops) WHERE reference IS NOT NULL;
      CREATE INDEX ledger_transfer_credits ON ledger_transfer (credit_account_id, booked_at) WHERE credit_account_id <> 'revenue';
      CREATE INDEX api_key_beginning ON api_key (prefix text_pattern_ops);
      CREATE INDEX organization_text ON organization USING gin (name gin_trgm_ops);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX lease_newest, lease_over, lease_past_due, ledger_transfer_newest, ledger_transfer_text,
                 ledger_transfer_credits, api_key_beginning, organization_text;
    `);
  }
}

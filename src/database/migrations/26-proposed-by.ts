import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = `transfer.id, transfer.kind, transfer.organization_id,
  CASE WHEN starts_with(transfer.debit_account_id, 'wallet:') OR starts_with(transfer.debit_account_id, 'owed:')
       THEN -transfer.amount_cents ELSE transfer.amount_cents END AS amount_cents,
  transfer.wallet_balance_after AS balance_after_cents, transfer.wallet_seq, transfer.debit_account_id, transfer.credit_account_id,
  transfer.lease_id, transfer.period_start, transfer.period_end, transfer.reverses_id, transfer.reference, transfer.reason,
  coalesce(staff_user.name, transfer.booked_by) AS booked_by, transfer.booked_at`;
const tables = 'FROM ledger_transfer transfer LEFT JOIN staff_user ON staff_user.id = transfer.booked_by';

/** A proposal names the first transfer of it; the second one of a reversal is found by the top-up that both reverse. */
const proposedBy = `CASE WHEN transfer.kind IN ('adjustment', 'payout', 'top_up_reversal') THEN
    (SELECT coalesce(author.name, proposal.proposed_by)
       FROM movement_proposal proposal LEFT JOIN staff_user author ON author.id = proposal.proposed_by
      WHERE proposal.decision = 'approved' AND (proposal.transaction_id = transfer.id OR proposal.reverses_id = transfer.reverses_id)
      ORDER BY proposal.decided_at, proposal.id LIMIT 1) END`;

/** Who proposed what a second person approved, beside each transfer of it. No table is rewritten. */
export class ProposedBy1767225600026 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX movement_proposal_booked ON movement_proposal (transaction_id) WHERE decision = 'approved';
      CREATE INDEX movement_proposal_reversed ON movement_proposal (reverses_id) WHERE decision = 'approved';
      CREATE OR REPLACE VIEW panel_ledger_transfer AS SELECT ${columns}, ${proposedBy} AS proposed_by ${tables};
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_ledger_transfer;
      CREATE VIEW panel_ledger_transfer AS SELECT ${columns} ${tables};
      DROP INDEX movement_proposal_reversed, movement_proposal_booked;
    `);
  }
}

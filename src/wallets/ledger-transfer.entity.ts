import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A transfer as the panel lists it. */
@Entity({ name: 'panel_ledger_transfer' })
export class LedgerTransferEntity {
  @PrimaryColumn('text')
  id: string;
  @Column({
    type: 'text',
    enum: ['top_up', 'lease_charge', 'lease_renewal', 'refund', 'adjustment', 'top_up_reversal', 'payout'],
  })
  kind: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  /** Negative where it took from the wallet. */
  @Column('bigint', { name: 'amount_cents' })
  amountCents: number;
  @Column('bigint', { name: 'balance_after_cents', nullable: true })
  balanceAfterCents: number | null;
  @Column('bigint', { name: 'wallet_seq', nullable: true })
  walletSeq: number | null;
  @Column('text', { name: 'debit_account_id' })
  debitAccountId: string;
  @Column('text', { name: 'credit_account_id' })
  creditAccountId: string;
  @Column('text', { name: 'lease_id', nullable: true })
  leaseId: string | null;
  @Column('timestamptz', { name: 'period_start', nullable: true })
  periodStart: Date | null;
  @Column('timestamptz', { name: 'period_end', nullable: true })
  periodEnd: Date | null;
  @Column('text', { name: 'reverses_id', nullable: true })
  reversesId: string | null;
  @Column('text', { nullable: true })
  reference: string | null;
  @Column('text', { nullable: true })
  reason: string | null;
  @Column('text', { name: 'booked_by' })
  bookedBy: string;
  /** Who proposed what `bookedBy` approved. */
  @Column('text', { name: 'proposed_by', nullable: true })
  proposedBy: string | null;
  @Column('timestamptz', { name: 'booked_at' })
  bookedAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A wallet as the panel lists it; its id is that of the organization. */
@Entity({ name: 'panel_wallet' })
export class WalletEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'organization_name' })
  organizationName: string;
  @Column('bigint', { name: 'balance_cents' })
  balanceCents: number;
  @Column('bigint', { name: 'owed_cents' })
  owedCents: number;
  @Column('bigint', { name: 'price_cents', nullable: true })
  priceCents: number | null;
  @Column('bigint', { name: 'live_leases' })
  liveLeases: number;
  @Column('bigint', { name: 'monthly_commitment_cents' })
  monthlyCommitmentCents: number;
  @Column('bigint', { name: 'low_balance_threshold_cents', nullable: true })
  lowBalanceThresholdCents: number | null;
  /** Holds less than its threshold or, without one, than a month of its live leases. */
  @Column('boolean', { name: 'is_low' })
  isLow: boolean;
  @Column('timestamptz', { name: 'last_booked_at', nullable: true })
  lastBookedAt: Date | null;
  /** Transactions that wait for approval. */
  @Column('bigint', { name: 'waiting_movements' })
  waitingMovements: number;
  /** The first renewal that the wallet does not cover; `null` without live leases, or beyond three years. */
  @Column('timestamptz', { name: 'runs_dry_at', nullable: true })
  runsDryAt: Date | null;
}

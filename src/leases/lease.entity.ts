import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A lease as the panel lists it; an ended one shows handle and followers as they were then. */
@Entity({ name: 'panel_lease' })
export class LeaseEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'lease_request_id' })
  leaseRequestId: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text', { name: 'project_id' })
  projectId: string;
  @Column('text', { name: 'social_account_id' })
  socialAccountId: string;
  @Column('text')
  handle: string;
  @Column('bigint')
  followers: number;
  @Column({ type: 'text', enum: ['active', 'past_due', 'ended', 'undone'] })
  status: string;
  @Column('bigint', { name: 'price_cents' })
  priceCents: number;
  @Column('timestamptz', { name: 'assigned_at' })
  assignedAt: Date;
  @Column('text', { name: 'assigned_by' })
  assignedBy: string;
  @Column('timestamptz', { name: 'next_renewal_at', nullable: true })
  nextRenewalAt: Date | null;
  @Column('timestamptz', { name: 'past_due_since', nullable: true })
  pastDueSince: Date | null;
  @Column('timestamptz', { name: 'disconnects_at', nullable: true })
  disconnectsAt: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;
  @Column({
    type: 'text',
    name: 'end_reason',
    nullable: true,
    enum: ['released_by_partner', 'billing_exhausted', 'removed_by_layers', 'replaced'],
  })
  endReason: string | null;
}

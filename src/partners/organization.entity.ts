import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A partner as the panel lists it. Money is cents; `priceCents` is `null` where `LEASE_PRICE_CENTS` counts. */
@Entity({ name: 'panel_organization' })
export class OrganizationEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  name: string;
  @Column({ type: 'text', enum: ['active', 'suspended'] })
  status: string;
  @Column('bigint', { name: 'price_cents', nullable: true })
  priceCents: number | null;
  @Column('timestamptz', { name: 'suspended_at', nullable: true })
  suspendedAt: Date | null;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
  @Column('boolean')
  sandbox: boolean;
  /** Whose sandbox it is. */
  @Column('text', { name: 'parent_id', nullable: true })
  parentId: string | null;
  /** Its own sandbox. */
  @Column('text', { name: 'sandbox_id', nullable: true })
  sandboxId: string | null;
}

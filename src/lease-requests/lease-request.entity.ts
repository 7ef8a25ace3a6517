import { Column, Entity, PrimaryColumn } from 'typeorm';
import { blockerKinds, leaseRequestStatuses, outcomeReasons } from './lease-request-status.js';

/** A request as the panel lists it; `id` is always our `lreq_…`. */
@Entity({ name: 'panel_lease_request' })
export class LeaseRequestEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'request_id' })
  requestId: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text', { name: 'project_id' })
  projectId: string;
  @Column('text', { name: 'api_key_id' })
  apiKeyId: string;
  @Column({ type: 'text', enum: [...leaseRequestStatuses] })
  status: string;
  @Column('integer')
  count: number;
  @Column('integer', { name: 'assigned_count' })
  assignedCount: number;
  @Column({ type: 'text', nullable: true, enum: [...blockerKinds] })
  blocker: string | null;
  @Column('timestamptz', { name: 'blocker_since', nullable: true })
  blockerSince: Date | null;
  @Column('text')
  vertical: string;
  @Column('text', { nullable: true })
  audience: string | null;
  @Column('text', { nullable: true })
  language: string | null;
  @Column('text', { nullable: true, array: true })
  geo: string[] | null;
  @Column('text', { nullable: true })
  target: string | null;
  @Column('text', { name: 'partner_note', nullable: true })
  partnerNote: string | null;
  @Column('integer')
  version: number;
  @Column('timestamptz', { name: 'submitted_at' })
  submittedAt: Date;
  @Column('timestamptz', { name: 'assigned_at', nullable: true })
  assignedAt: Date | null;
  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt: Date | null;
  @Column({ type: 'text', name: 'closed_by', nullable: true, enum: ['staff', 'partner'] })
  closedBy: string | null;
  @Column({ type: 'text', name: 'outcome_reason', nullable: true, enum: [...outcomeReasons] })
  outcomeReason: string | null;
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
  @Column('boolean')
  sandbox: boolean;
}

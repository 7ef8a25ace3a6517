import { Column, Entity, PrimaryColumn } from 'typeorm';
import { auditEventTypes } from './event-types.js';

/** An event of the audit log as the panel lists it. */
@Entity({ name: 'audit_event' })
export class AuditEventEntity {
  @PrimaryColumn('text')
  id: string;
  @Column({ type: 'text', enum: [...auditEventTypes] })
  type: string;
  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt: Date;
  @Column('text', { name: 'organization_id', nullable: true })
  organizationId: string | null;
  @Column('text', { name: 'project_id', nullable: true })
  projectId: string | null;
  @Column('text', { name: 'api_key_id', nullable: true })
  apiKeyId: string | null;
  @Column('text', { name: 'object_id', nullable: true })
  objectId: string | null;
  @Column('text', { name: 'lease_request_id', nullable: true })
  leaseRequestId: string | null;
  @Column({ type: 'text', name: 'actor_kind', enum: ['partner_api', 'staff', 'system'] })
  actorKind: string;
  @Column('text', { name: 'actor_id' })
  actorId: string;
  @Column('text', { name: 'actor_name' })
  actorName: string;
  @Column('text', { name: 'request_id' })
  requestId: string;
  @Column('jsonb')
  data: Record<string, unknown>;
  @Column('jsonb')
  internal: Record<string, unknown>;
}

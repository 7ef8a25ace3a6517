import { Column, Entity, PrimaryColumn } from 'typeorm';
import { endpointStatuses } from './statuses.js';

/** An endpoint as the panel lists it, without its secrets. */
@Entity({ name: 'panel_webhook_endpoint' })
export class WebhookEndpointEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text', { name: 'project_id', nullable: true })
  projectId: string | null;
  @Column('text')
  url: string;
  @Column('text', { nullable: true })
  description: string | null;
  @Column({ type: 'text', enum: [...endpointStatuses, 'deleted'] })
  status: string;
  @Column('text', { array: true })
  events: string[];
  @Column('integer', { name: 'consecutive_failure_count' })
  consecutiveFailureCount: number;
  @Column('timestamptz', { name: 'last_success_at', nullable: true })
  lastSuccessAt: Date | null;
  @Column('timestamptz', { name: 'last_failure_at', nullable: true })
  lastFailureAt: Date | null;
  @Column('timestamptz', { name: 'auto_paused_at', nullable: true })
  autoPausedAt: Date | null;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

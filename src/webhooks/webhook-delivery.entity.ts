import { Column, Entity, PrimaryColumn } from 'typeorm';
import { eventTypes } from '../events/types.js';
import { deliveryStatuses } from './statuses.js';

/** A delivery as the panel lists it, with the event that is sent. */
@Entity({ name: 'panel_webhook_delivery' })
export class WebhookDeliveryEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'endpoint_id' })
  endpointId: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text', { name: 'event_id' })
  eventId: string;
  @Column({ type: 'text', name: 'event_type', enum: [...eventTypes] })
  eventType: string;
  @Column({ type: 'text', enum: [...deliveryStatuses] })
  status: string;
  @Column('smallint')
  attempts: number;
  @Column('timestamptz', { name: 'scheduled_at' })
  scheduledAt: Date;
  @Column('timestamptz', { name: 'next_attempt_at', nullable: true })
  nextAttemptAt: Date | null;
  @Column('timestamptz', { name: 'attempted_at', nullable: true })
  attemptedAt: Date | null;
  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt: Date | null;
  @Column('integer', { name: 'status_code', nullable: true })
  statusCode: number | null;
  @Column('text', { nullable: true })
  error: string | null;
  @Column('text', { nullable: true })
  answer: string | null;
  @Column('integer', { name: 'duration_ms', nullable: true })
  durationMs: number | null;
  @Column('text', { name: 'replay_of', nullable: true })
  replayOf: string | null;
  @Column('text')
  payload: string;
}

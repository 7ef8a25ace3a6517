import type { EntityManager } from 'typeorm';
import type { EventId } from '../core/ids.js';

/** Every type of event (contract: Webhooks). */
export const eventTypes = [
  'lease_request.assigned',
  'lease_request.rejected',
  'lease_request.updated',
  'leased_account.assigned',
  'leased_account.renewed',
  'leased_account.renewal_failed',
  'leased_account.disconnected',
  'leased_account.replaced',
  'wallet.low_balance',
  'webhook_endpoint.auto_paused',
  'test.ping',
] as const;
export type EventType = (typeof eventTypes)[number];

/** An event that a partner reads or receives. */
export interface NewEvent {
  type: EventType;
  organizationId: string;
  /** Where it belongs to one project. */
  projectId?: string;
  data: object;
  /** The one endpoint that receives it; such an event is not in `GET /v1/events`. */
  endpointId?: string;
  /** The delivery (`del_…`) that it repeats. */
  replayOf?: string;
}

/** An event that has its place in the order of `GET /v1/events`. */
export interface SequencedEvent {
  id: EventId;
  organizationId: string;
  projectId: string | null;
  type: EventType;
  endpointId: string | null;
  createdAt: Date;
  /** An integer beyond what a number is exact for. */
  sequence: string;
}

/** Runs in the sequencer's transaction, once for each batch. */
export interface EventSubscriber {
  onSequenced(em: EntityManager, events: readonly SequencedEvent[]): Promise<void>;
}

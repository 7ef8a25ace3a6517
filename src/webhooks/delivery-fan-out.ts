import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { queryRows, sql } from '../core/sql.js';
import { EventSequencer } from '../events/event-sequencer.js';
import type { EventSubscriber, EventType, SequencedEvent } from '../events/types.js';
import { isSending } from './endpoint-rows.js';
import { insertDeliveries } from './new-deliveries.js';
import type { EndpointStatus } from './statuses.js';

interface Match {
  eventId: string;
  eventType: EventType;
  endpointId: string;
  organizationId: string;
  endpointStatus: EndpointStatus;
}

/** Makes a delivery of each event for each endpoint that wants it, in the transaction that gives the event its place. */
@Injectable()
export class DeliveryFanOut implements EventSubscriber, OnModuleInit {
  constructor(
    private readonly sequencer: EventSequencer,
    private readonly domainEvents: DomainEvents,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sequencer.subscribe(this);
  }

  /** Events that are meant for one endpoint got their delivery when they were written. */
  async onSequenced(em: EntityManager, events: readonly SequencedEvent[]): Promise<void> {
    const matches = await readMatches(
      em,
      events.filter(({ endpointId }) => endpointId === null),
    );
    if (matches.length === 0) return;
    const deliveries = matches.map(({ endpointStatus, ...match }) => ({
      ...match,
      status: isSending(endpointStatus) ? ('pending' as const) : ('abandoned' as const),
    }));
    await insertDeliveries(em, deliveries, this.clock.now());
    this.domainEvents.publish(em, 'deliveriesScheduled', {});
  }
}

/** In the order of the events. An endpoint is not told that it was paused itself. */
function readMatches(em: EntityManager, events: readonly SequencedEvent[]): Promise<Match[]> {
  if (events.length === 0) return Promise.resolve([]);
  return queryRows<Match>(
    em,
    sql`SELECT event.id AS "eventId", event.type AS "eventType", endpoint.id AS "endpointId",
               endpoint.organization_id AS "organizationId", endpoint.status AS "endpointStatus"
          FROM unnest(${events.map(({ id }) => id)}::text[], ${events.map(({ organizationId }) => organizationId)}::text[],
                      ${events.map(({ projectId }) => projectId)}::text[], ${events.map(({ type }) => type)}::text[])
               WITH ORDINALITY AS event (id, organization_id, project_id, type, line)
          JOIN webhook_endpoint endpoint ON endpoint.organization_id = event.organization_id AND endpoint.deleted_at IS NULL
           AND event.type = ANY (endpoint.events) AND (endpoint.project_id IS NULL OR endpoint.project_id = event.project_id)
         WHERE event.type <> 'webhook_endpoint.auto_paused'
            OR endpoint.id <> (SELECT recorded.body::json #>> '{data,id}' FROM event recorded WHERE recorded.id = event.id)
         ORDER BY event.line, endpoint.id`,
  );
}

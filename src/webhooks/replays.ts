import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { literal, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { EventType } from '../events/types.js';
import type { ReplayReceipt } from './dto/deliveries.js';
import { isSending, lockEndpoint, type EndpointRow } from './endpoint-rows.js';
import { insertDeliveries } from './new-deliveries.js';

/** Of one call; a longer range is replayed part by part. */
export const MAX_REPLAYED = 5_000;

interface Original {
  id: string;
  eventType: EventType;
  projectId: string | null;
  body: string;
}

export interface Range {
  since: Date;
  until: Date;
}

/** Sends events again, as new events of the one endpoint that got them. */
@Injectable()
export class Replays {
  constructor(
    private readonly recorder: EventRecorder,
    private readonly audit: AuditService,
    private readonly domainEvents: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * @param organizationId the one that it has to be of; `null` for staff
   * @throws NotFound, Conflict while the endpoint is paused
   */
  async replayOne(
    em: EntityManager,
    actor: Actor,
    deliveryId: string,
    organizationId: string | null,
  ): Promise<ReplayReceipt> {
    const found = await queryRow<{ endpointId: string; organizationId: string }>(
      em,
      sql`SELECT endpoint_id AS "endpointId", organization_id AS "organizationId" FROM webhook_delivery
           WHERE id = ${deliveryId} AND (${organizationId}::text IS NULL OR organization_id = ${organizationId}::text)`,
    );
    if (!found) throw new NotFound('This webhook delivery');
    const endpoint = await lockEndpoint(em, found.organizationId, found.endpointId);
    assertSending(endpoint);
    const originals = await readOriginals(em, sql`delivery.id = ${deliveryId}`);
    const [replayDeliveryId] = await this.repeat(em, endpoint, originals);
    await this.record(em, actor, endpoint, { deliveryId });
    return {
      originalDeliveryId: deliveryId,
      replayDeliveryId: replayDeliveryId!,
      scheduledAt: this.clock.now().toISOString(),
    };
  }

  /**
   * Everything that was scheduled for the endpoint in that time, both ends inclusive, but for tests, replays and what is still on its way.
   * @returns how many
   * @throws NotFound, Conflict while the endpoint is paused, or when there are more than {@link MAX_REPLAYED}
   */
  async replayRange(
    em: EntityManager,
    actor: Actor,
    organizationId: string,
    endpointId: string,
    range: Range,
  ): Promise<number> {
    const endpoint = await lockEndpoint(em, organizationId, endpointId);
    assertSending(endpoint);
    const { since, until } = range;
    const originals = await readOriginals(
      em,
      sql`delivery.endpoint_id = ${endpointId} AND delivery.scheduled_at BETWEEN ${since} AND ${until} AND delivery.replay_of IS NULL
          AND delivery.event_type <> 'test.ping' AND delivery.status NOT IN ('pending', 'delivering')`,
    );
    if (originals.length > MAX_REPLAYED) {
      throw new Conflict(
        'limit_reached',
        `There are more than ${MAX_REPLAYED} deliveries in this time; replay a shorter one.`,
      );
    }
    await this.repeat(em, endpoint, originals);
    await this.record(em, actor, endpoint, { since, until, scheduled: originals.length });
    return originals.length;
  }

  /** @returns the ids of the new deliveries */
  private async repeat(
    em: EntityManager,
    { id: endpointId, organizationId }: EndpointRow,
    originals: readonly Original[],
  ): Promise<string[]> {
    if (originals.length === 0) return [];
    const eventIds = await this.recorder.recordAll(
      em,
      originals.map(({ id, eventType, projectId, body }) => ({
        ...{
          type: eventType,
          organizationId,
          endpointId,
          replayOf: id,
          data: (JSON.parse(body) as { data: object }).data,
        },
        ...(projectId !== null && { projectId }),
      })),
    );
    const deliveryIds = await insertDeliveries(
      em,
      originals.map(({ id, eventType }, index) => ({
        ...{ endpointId, organizationId, eventType, eventId: eventIds[index]!, replayOf: id, status: 'pending' },
      })),
      this.clock.now(),
    );
    this.domainEvents.publish(em, 'deliveriesScheduled', {});
    return deliveryIds;
  }

  private record(
    em: EntityManager,
    actor: Actor,
    { id, organizationId, projectId }: EndpointRow,
    internal: Record<string, unknown>,
  ) {
    return this.audit.record(em, actor, {
      ...{ type: 'webhook_endpoint.replayed', organizationId, objectId: id, internal },
      ...(projectId !== null && { projectId }),
    });
  }
}

/** The oldest first, one more than may be replayed. */
function readOriginals(em: EntityManager, condition: Sql): Promise<Original[]> {
  return queryRows<Original>(
    em,
    sql`SELECT delivery.id, delivery.event_type AS "eventType", event.project_id AS "projectId", event.body
          FROM webhook_delivery delivery JOIN event ON event.id = delivery.event_id
         WHERE ${condition}
         ORDER BY delivery.scheduled_at, delivery.id LIMIT ${literal(MAX_REPLAYED + 1)}`,
  );
}

/** @throws Conflict */
function assertSending({ status }: EndpointRow): void {
  if (!isSending(status))
    throw new Conflict('not_allowed_now', 'This webhook endpoint is paused; set it to active first.');
}

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import type { EventId } from '../core/ids.js';
import { queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { EventRecorder } from '../events/event-recorder.js';
import { insertDeliveries } from './new-deliveries.js';

interface PingedEndpoint {
  id: string;
  organizationId: string;
}

export interface ScheduledPing {
  eventId: EventId;
  deliveryId: string;
  scheduledAt: string;
}

const PROBE_TICK_MS = 60_000;

/** Events of the type `test.ping`, each for one endpoint alone; they are sent to paused endpoints too, once. */
@Injectable()
export class TestPings {
  private readonly logger = new Logger(TestPings.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly recorder: EventRecorder,
    private readonly domainEvents: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** One for each endpoint, due at once. */
  async schedule(em: EntityManager, endpoints: readonly PingedEndpoint[]): Promise<ScheduledPing[]> {
    const now = this.clock.now();
    const type = 'test.ping' as const;
    const eventIds = await this.recorder.recordAll(
      em,
      endpoints.map(({ id, organizationId }) => ({
        type,
        organizationId,
        endpointId: id,
        data: { endpointId: id, organizationId },
      })),
    );
    const deliveryIds = await insertDeliveries(
      em,
      endpoints.map(({ id, organizationId }, index) => ({
        ...{ endpointId: id, organizationId, eventId: eventIds[index]!, eventType: type, status: 'pending' },
      })),
      now,
    );
    this.domainEvents.publish(em, 'deliveriesScheduled', {});
    return eventIds.map((eventId, index) => ({
      eventId,
      deliveryId: deliveryIds[index]!,
      scheduledAt: now.toISOString(),
    }));
  }

  /** Tries endpoints that were paused for their failures once an hour; one that takes the ping is active again. */
  @Interval(PROBE_TICK_MS)
  async probe(): Promise<void> {
    if (this.clock.fault) return;
    try {
      await this.transactions.run(async (em) => {
        const endpoints = await claimProbes(em);
        if (endpoints.length > 0) await this.schedule(em, endpoints);
      });
    } catch (error) {
      this.logger.error(error);
    }
  }
}

function claimProbes(em: EntityManager): Promise<PingedEndpoint[]> {
  return queryRows<PingedEndpoint>(
    em,
    sql`UPDATE webhook_endpoint SET next_probe_at = now() + interval '1 hour'
         WHERE id IN (
           SELECT endpoint.id FROM webhook_endpoint endpoint JOIN organization ON organization.id = endpoint.organization_id
            WHERE endpoint.status = 'auto_paused' AND endpoint.deleted_at IS NULL AND endpoint.next_probe_at <= now()
              AND organization.suspended_at IS NULL
            ORDER BY endpoint.next_probe_at LIMIT 100 FOR NO KEY UPDATE OF endpoint SKIP LOCKED)
        RETURNING id, organization_id AS "organizationId"`,
  );
}

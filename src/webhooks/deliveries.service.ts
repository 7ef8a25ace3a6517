import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { readCursor, toPage, type Page } from '../core/pages.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { literal, noSql, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { Reply } from '../partner-api/reply.js';
import type { DeliveryView, ListDeliveries, RangeReceipt, ReplayDelivery, ReplayRange } from './dto/deliveries.js';
import type { TestEndpoint } from './dto/endpoints.js';
import { lockEndpoint } from './endpoint-rows.js';
import { EndpointsService } from './endpoints.service.js';
import { Replays } from './replays.js';
import { TestPings } from './test-pings.js';

type Times = 'scheduledAt' | 'nextAttemptAt' | 'lastAttemptAt' | 'deliveredAt';

interface DeliveryRow extends Omit<DeliveryView, Times> {
  scheduledAt: Date;
  /** By the database's clock. */
  nextAttemptAt: Date | null;
  lastAttemptAt: Date | null;
  deliveredAt: Date | null;
}

/** What was sent to a partner's endpoints, and sending it again. */
@Injectable()
export class DeliveriesService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly endpoints: EndpointsService,
    private readonly pings: TestPings,
    private readonly replays: Replays,
    private readonly clock: Clock,
    private readonly pruner: Pruner,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'webhook_delivery', deleteExpired: (em) => this.deleteExpired(em) });
  }

  /** Sends a `test.ping`, to a paused endpoint too. @throws NotFound */
  test(caller: PartnerCaller, input: TestEndpoint): Promise<Reply> {
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const endpoint = await lockEndpoint(em, caller.organizationId, input.path.endpointId);
        const [ping] = await this.pings.schedule(em, [endpoint]);
        return { result: ping! };
      }),
    );
  }

  /** Newest first. @throws NotFound, ValidationFailed on a cursor of another list */
  async list(caller: PartnerCaller, { path, query }: ListDeliveries): Promise<Page<DeliveryView>> {
    const { endpointId } = path;
    await this.endpoints.read(caller, endpointId);
    const { eventType = null, status = null, limit } = query;
    const list = ['webhook-deliveries', endpointId, eventType, status];
    const after = readCursor(query.cursor, list);
    const rows = await queryRows<DeliveryRow>(
      this.dataSource.manager,
      sql`SELECT id, endpoint_id AS "endpointId", event_id AS "eventId", event_type AS "eventType", status, attempts,
                 scheduled_at AS "scheduledAt", CASE WHEN status = 'pending' THEN next_attempt_at END AS "nextAttemptAt",
                 attempted_at AS "lastAttemptAt", delivered_at AS "deliveredAt", status_code AS "responseStatus",
                 answer AS "responseBody", duration_ms AS "durationMs", error, replay_of AS "replayOf"
            FROM webhook_delivery
           WHERE endpoint_id = ${endpointId}
             AND (${eventType}::text IS NULL OR event_type = ${eventType}::text)
             AND (${status}::text IS NULL OR status = ${status}::text)
             ${after ? sql`AND (scheduled_at, id) < (${after.at}::timestamptz, ${after.id}::text)` : noSql}
           ORDER BY scheduled_at DESC, id DESC LIMIT ${limit + 1}`,
    );
    const toPosition = ({ scheduledAt, id }: DeliveryRow) => ({ at: scheduledAt, id });
    return toPage(rows, limit, list, toPosition, (row) => this.toView(row));
  }

  /** @throws NotFound, Conflict while the endpoint is paused */
  replay(caller: PartnerCaller, input: ReplayDelivery): Promise<Reply> {
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => ({
        result: await this.replays.replayOne(em, caller, input.path.deliveryId, caller.organizationId),
      })),
    );
  }

  /** @throws NotFound, Conflict while the endpoint is paused, or when there is too much */
  replayRange(caller: PartnerCaller, input: ReplayRange): Promise<Reply> {
    const range = { since: new Date(input.body.since), until: new Date(input.body.until) };
    const { organizationId } = caller;
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const scheduled = await this.replays.replayRange(em, caller, organizationId, input.path.endpointId, range);
        return { result: { scheduled } satisfies RangeReceipt };
      }),
    );
  }

  private toView(row: DeliveryRow): DeliveryView {
    const { nextAttemptAt, lastAttemptAt, deliveredAt, scheduledAt, ...rest } = row;
    return {
      ...rest,
      scheduledAt: scheduledAt.toISOString(),
      nextAttemptAt: nextAttemptAt && this.clock.toBusinessTime(nextAttemptAt).toISOString(),
      lastAttemptAt: lastAttemptAt?.toISOString() ?? null,
      deliveredAt: deliveredAt?.toISOString() ?? null,
    };
  }

  /** What is still on its way stays, however old it is. */
  private deleteExpired(em: EntityManager): Promise<unknown[]> {
    return queryRows(
      em,
      sql`DELETE FROM webhook_delivery WHERE id IN (
            SELECT id FROM webhook_delivery
             WHERE recorded_at < now() - make_interval(days => ${this.settings.deliveryRetentionDays})
               AND status NOT IN ('pending', 'delivering')
             ORDER BY recorded_at LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
          RETURNING id`,
    );
  }
}

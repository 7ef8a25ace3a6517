import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { readDatabaseTime } from '../core/database-time.js';
import { ValidationFailed } from '../core/errors.js';
import { isPrefixedUlid } from '../core/ids.js';
import { readCursor, writeCursor } from '../core/pages.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { literal, noSql, queryRow, queryRows, sql } from '../core/sql.js';
import { Reply } from '../partner-api/reply.js';
import type { EventsQuery } from './dto/events.js';

const DAY_MS = 86_400_000;
/** The place before all events. */
const FIRST = '0';
/** In a cursor that was written when the partner had no events. */
const NO_EVENT = 'evt_0';

interface EventRow {
  id: string;
  body: string;
  /** By the database's clock. */
  recordedAt: Date;
}

interface PageRow {
  /** `null` in the one row of an empty page. */
  id: string | null;
  body: string | null;
  recordedAt: Date | null;
  /** The partner's newest event, whatever its type and project; `null` where there is none. */
  newestId: string | null;
  readAt: Date;
}

/** A partner's events, as they were recorded. */
@Injectable()
export class EventsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pruner: Pruner,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'event', deleteExpired: (em) => this.deleteExpired(em) });
  }

  /** Oldest first, in the order of the commits. @throws ValidationFailed where `after` is unknown, too old or of another list */
  async list({ organizationId }: PartnerCaller, query: EventsQuery): Promise<Reply> {
    const { type = null, projectId = null, after, limit } = query;
    const list = ['events', organizationId, type, projectId];
    const em = this.dataSource.manager;
    const sequence = after === undefined ? FIRST : await this.findSequence(em, organizationId, after, list);
    const rows = await queryRows<PageRow>(
      em,
      sql`WITH page AS (
            SELECT id, body, recorded_at, sequence FROM event
             WHERE organization_id = ${organizationId} AND sequence > ${sequence}::bigint AND endpoint_id IS NULL
               ${type ? sql`AND type = ${type}` : noSql} ${projectId ? sql`AND project_id = ${projectId}` : noSql}
             ORDER BY sequence LIMIT ${limit + 1}
          ), newest AS (
            SELECT id FROM event WHERE organization_id = ${organizationId} AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1
          )
          SELECT page.id, page.body, page.recorded_at AS "recordedAt", newest.id AS "newestId", now() AS "readAt"
            FROM (SELECT) AS always LEFT JOIN page ON true LEFT JOIN newest ON true
           ORDER BY page.sequence`,
    );
    const found = rows.filter((row): row is PageRow & EventRow => row.id !== null);
    const shown = found.slice(0, limit);
    const hasMore = found.length > limit;
    const { newestId, readAt } = rows[0]!;
    // On the way, events after the cursor's may be as old as it is. At the end, all that was there is behind it; so it stays new.
    const last = shown.at(-1);
    const position = hasMore && last ? { at: last.recordedAt, id: last.id } : { at: readAt, id: newestId ?? NO_EVENT };
    return new Reply(toPageBody(shown, writeCursor(position, list), hasMore), false);
  }

  private async findSequence(
    em: EntityManager,
    organizationId: string,
    after: string,
    list: readonly unknown[],
  ): Promise<string> {
    if (isPrefixedUlid('evt', after)) {
      const own = await queryRow<{ sequence: string }>(
        em,
        sql`SELECT sequence::text FROM event WHERE id = ${after} AND organization_id = ${organizationId} AND sequence IS NOT NULL`,
      );
      if (own) return own.sequence;
      throw new ValidationFailed([
        { path: 'query.after', message: `is not an event of the last ${this.settings.eventRetentionDays} days` },
      ]);
    }
    const { at, id } = readCursor(after, list, 'query.after')!;
    const event = await queryRow<{ sequence: string }>(
      em,
      sql`SELECT sequence::text FROM event WHERE id = ${id} AND organization_id = ${organizationId} AND sequence IS NOT NULL`,
    );
    if (event) return event.sequence;
    // Its event is pruned. What came later is not, if the cursor's time is within the time that events are kept.
    const prunedUntilMs = (await readDatabaseTime(em)).getTime() - this.settings.eventRetentionDays * DAY_MS;
    if (at.getTime() > prunedUntilMs) return FIRST;
    throw new ValidationFailed([
      {
        path: 'query.after',
        message: `is older than ${this.settings.eventRetentionDays} days: events after it may be gone`,
      },
    ]);
  }

  /**
   * Each partner's in their order, so that whoever finds an event has missed none after it. An event that is still to be delivered stays,
   * with the later ones of its partner.
   */
  private deleteExpired(em: EntityManager): Promise<unknown[]> {
    const isExpired = sql`event.recorded_at < now() - make_interval(days => ${this.settings.eventRetentionDays})`;
    return queryRows(
      em,
      sql`WITH undelivered AS MATERIALIZED (
            SELECT event.organization_id, min(event.sequence) AS sequence
              FROM webhook_delivery delivery JOIN event ON event.id = delivery.event_id
             WHERE delivery.status IN ('pending', 'delivering') AND ${isExpired}
             GROUP BY event.organization_id
          ), oldest AS MATERIALIZED (
            SELECT event.id, event.sequence, ${isExpired} AS expired
              FROM event LEFT JOIN undelivered ON undelivered.organization_id = event.organization_id
             WHERE event.sequence < coalesce(undelivered.sequence, event.sequence + 1)
             ORDER BY event.sequence LIMIT ${literal(PRUNE_BATCH_SIZE)}
          ), kept AS (
            SELECT min(sequence) AS sequence FROM oldest WHERE NOT expired
          )
          DELETE FROM event USING oldest, kept
           WHERE event.id = oldest.id AND oldest.sequence < coalesce(kept.sequence, oldest.sequence + 1)
          RETURNING event.id`,
    );
  }
}

/** With the bodies as they are, since receivers may compare them with what their webhooks got. */
function toPageBody(events: readonly EventRow[], nextCursor: string, hasMore: boolean): string {
  const items = events.map(({ body }) => body).join(',');
  return `{"items":[${items}],"nextCursor":${JSON.stringify(nextCursor)},"hasMore":${hasMore}}`;
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId, type EventId } from '../core/ids.js';
import { queryRows, sql, type Sql } from '../core/sql.js';
import type { NewEvent } from './types.js';

export const API_VERSION = 'v1';

/** Writes events for partners with the change that they tell of: both are committed, or neither. */
@Injectable()
export class EventRecorder {
  constructor(
    private readonly clock: Clock,
    private readonly domainEvents: DomainEvents,
  ) {}

  /** @param em the transaction of the change */
  async record(em: EntityManager, event: NewEvent): Promise<EventId> {
    const [id] = await this.recordAll(em, [event]);
    return id!;
  }

  /**
   * Any number of events in one statement.
   * @param events in the order in which they are read
   */
  async recordAll(em: EntityManager, events: readonly NewEvent[]): Promise<EventId[]> {
    if (events.length === 0) return [];
    const { statement, ids } = this.insertSql(em, events);
    await queryRows(em, statement);
    return ids;
  }

  /** The statement of {@link recordAll}, for one round trip with others of the transaction; with no events it writes none. */
  insertSql(em: EntityManager, events: readonly NewEvent[]): { statement: Sql; ids: EventId[] } {
    const now = this.clock.now();
    const ids = events.map(() => newId('evt'));
    const bodies = events.map((event, index) => toBody(ids[index]!, event, now));
    if (events.length > 0) this.domainEvents.publish(em, 'eventsRecorded', {});
    const statement = sql`INSERT INTO event (id, organization_id, project_id, type, endpoint_id, body, created_at)
          SELECT id, organization_id, project_id, type, endpoint_id, body, ${now}
            FROM unnest(${ids}::text[], ${events.map(({ organizationId }) => organizationId)}::text[],
                        ${events.map(({ projectId }) => projectId ?? null)}::text[], ${events.map(({ type }) => type)}::text[],
                        ${events.map(({ endpointId }) => endpointId ?? null)}::text[], ${bodies}::text[])
                 WITH ORDINALITY AS recorded (id, organization_id, project_id, type, endpoint_id, body, line)
           ORDER BY line`;
    return { statement, ids };
  }
}

/** The text that is sent and pulled, byte for byte (contract: Webhooks). */
function toBody(id: EventId, { type, data, replayOf }: NewEvent, createdAt: Date): string {
  return JSON.stringify({ id, type, createdAt, apiVersion: API_VERSION, data, ...(replayOf && { replayOf }) });
}

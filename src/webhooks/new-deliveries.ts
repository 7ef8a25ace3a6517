import type { EntityManager } from 'typeorm';
import { newId } from '../core/ids.js';
import { queryRows, sql } from '../core/sql.js';
import type { EventType } from '../events/types.js';

export interface NewDelivery {
  endpointId: string;
  organizationId: string;
  eventId: string;
  eventType: EventType;
  /** `abandoned`: kept for a replay. */
  status: 'pending' | 'abandoned';
  /** The delivery that it repeats. */
  replayOf?: string;
}

/** Of one statement. */
const CHUNK_SIZE = 5_000;

/**
 * Due at once, in this order. There is one for an event and an endpoint: a second one is left out.
 * @param scheduledAt business time
 * @returns their ids
 */
export async function insertDeliveries(
  em: EntityManager,
  deliveries: readonly NewDelivery[],
  scheduledAt: Date,
): Promise<string[]> {
  const rows = deliveries.map((delivery) => ({ id: newId('del'), ...delivery }));
  for (let from = 0; from < rows.length; from += CHUNK_SIZE) {
    await queryRows(
      em,
      sql`INSERT INTO webhook_delivery (id, endpoint_id, organization_id, event_id, event_type, status, next_attempt_at, scheduled_at, replay_of)
          SELECT id, "endpointId", "organizationId", "eventId", "eventType", status,
                 CASE WHEN status = 'pending' THEN now() END, ${scheduledAt}, "replayOf"
            FROM jsonb_to_recordset(${JSON.stringify(rows.slice(from, from + CHUNK_SIZE))}::jsonb)
                 AS delivery (id text, "endpointId" text, "organizationId" text, "eventId" text, "eventType" text, status text, "replayOf" text)
          ON CONFLICT (event_id, endpoint_id) DO NOTHING`,
    );
  }
  return rows.map(({ id }) => id);
}

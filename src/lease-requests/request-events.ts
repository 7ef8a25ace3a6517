import type { EntityManager } from 'typeorm';
import { literal, queryRows, sql } from '../core/sql.js';

export interface RequestEvent {
  id: string;
  type: string;
  occurredAt: Date;
  actorKind: 'partner_api' | 'staff' | 'system';
  actorName: string;
  objectId: string | null;
  /** Of a replacement, the new lease. */
  leaseId: string | null;
  /** Its refund. */
  transactionId: string | null;
  data: Record<string, unknown>;
  internal: Record<string, unknown>;
}

/** `internal` of `audit_event event`, with the lost account's handle where a lease was replaced. */
export const eventInternal = sql`event.internal || CASE WHEN event.type = 'leased_account.replaced' THEN jsonb_build_object(
  'lostHandle', (SELECT coalesce(lost.handle_at_end, account.handle)
                   FROM lease lost JOIN social_account account ON account.id = lost.social_account_id
                  WHERE lost.id = event.internal #>> '{before,leaseId}')) ELSE '{}' END`;

const MAX_EVENTS = 500;

/** The events of a request and its leases, newest first. */
export function readRequestEvents(em: EntityManager, requestId: string): Promise<RequestEvent[]> {
  return queryRows<RequestEvent>(
    em,
    sql`SELECT event.id, event.type, event.occurred_at AS "occurredAt", event.actor_kind AS "actorKind", event.actor_name AS "actorName",
            event.object_id AS "objectId", event.data, ${eventInternal} AS internal,
            coalesce(event.internal ->> 'leaseId', event.internal #>> '{after,leaseId}') AS "leaseId", refund.id AS "transactionId"
       FROM audit_event event
       LEFT JOIN LATERAL (
         SELECT id FROM ledger_transfer
          WHERE lease_id = coalesce(event.internal #>> '{before,leaseId}', event.internal ->> 'leaseId') AND kind = 'refund'
          ORDER BY booked_at DESC LIMIT 1
       ) refund ON event.type IN ('leased_account.assignment_undone', 'leased_account.disconnected', 'leased_account.replaced')
      WHERE event.lease_request_id = ${requestId}
      ORDER BY event.occurred_at DESC, event.id DESC LIMIT ${literal(MAX_EVENTS)}`,
  );
}

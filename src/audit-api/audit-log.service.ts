import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AuditEventType } from '../audit/event-types.js';
import { toPartnerActor, toPartnerData, toPartnerType, toWrittenTypes } from '../audit/partner-visibility.js';
import type { PartnerCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { readCursor, toPage, type PagePosition } from '../core/pages.js';
import { joinSql, queryRows, sql, type Sql } from '../core/sql.js';
import type { AuditEventView, AuditLogPage, AuditLogQuery } from './dto/audit-log.js';

/** Longer than any transaction lasts: what occurred before that is committed, or never will be. */
const LATE_COMMIT_MS = 30_000;

interface EventRow {
  id: string;
  type: AuditEventType;
  occurredAt: Date;
  requestId: string;
  organizationId: string;
  projectId: string | null;
  apiKeyId: string | null;
  actorKind: AuditEventView['actor'];
  actorName: string;
  data: Record<string, unknown>;
}

/** The audit log as a partner reads it: its own events, of each the fields of `partnerViews` (docs/decisions/035). */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws ValidationFailed on a cursor of another list */
  async list({ organizationId }: PartnerCaller, query: AuditLogQuery): Promise<AuditLogPage> {
    const { eventType = null, projectId = null, apiKeyId = null, since = null, until = null, cursor, limit } = query;
    const list = ['audit log', organizationId, eventType, projectId, apiKeyId, since, until];
    const after = readCursor(cursor, list);
    // Before the page is read: what is committed meanwhile comes with the next `since`.
    const completeUntil = new Date(this.clock.now().getTime() - LATE_COMMIT_MS).toISOString();
    const rows = await queryRows<EventRow>(this.dataSource.manager, toAuditLogSql(organizationId, query, after));
    const page = toPage(rows, limit, list, ({ occurredAt, id }) => ({ at: occurredAt, id }), toItem);
    return { ...page, completeUntil };
  }
}

/** One row more than the page has. */
export function toAuditLogSql(
  organizationId: string,
  { eventType, projectId, apiKeyId, since, until, limit }: AuditLogQuery,
  after: PagePosition | null,
): Sql {
  const conditions = [sql`organization_id = ${organizationId}`, isOneOf(toWrittenTypes(eventType)), isNoteOfPartner];
  if (projectId) conditions.push(sql`project_id = ${projectId}`);
  if (apiKeyId) conditions.push(sql`api_key_id = ${apiKeyId}`);
  // As `Date`: PostgreSQL does not read the year 0.
  if (since) conditions.push(sql`occurred_at >= ${new Date(since)}`);
  if (until) conditions.push(sql`occurred_at <= ${new Date(until)}`);
  if (after) conditions.push(sql`occurred_at <= ${after.at} AND (occurred_at < ${after.at} OR id > ${after.id})`);
  return sql`SELECT id, type, occurred_at AS "occurredAt", request_id AS "requestId", organization_id AS "organizationId",
                    project_id AS "projectId", api_key_id AS "apiKeyId", actor_kind AS "actorKind", actor_name AS "actorName", data
               FROM audit_event WHERE ${joinSql(conditions, ' AND ')}
              ORDER BY occurred_at DESC, id LIMIT ${limit + 1}`;
}

/** That staff wrote an internal note is nothing of the partner's. */
const isNoteOfPartner = sql`(type <> 'lease_request.noted' OR actor_kind = 'partner_api' OR internal ->> 'visibility' = 'partner')`;

/** A single type is compared as such, so that its index has the order of the page. */
function isOneOf(types: readonly AuditEventType[]): Sql {
  return types.length === 1 ? sql`type = ${types[0]}` : sql`type = ANY(${types}::text[])`;
}

function toItem({ id, type, occurredAt, actorKind, actorName, data, ...event }: EventRow): AuditEventView {
  return {
    eventId: id,
    eventType: toPartnerType(type),
    occurredAt: occurredAt.toISOString(),
    ...event,
    actor: toPartnerActor(actorKind, actorName),
    data: toPartnerData(type, data),
  };
}

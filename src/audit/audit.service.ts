import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { queryRows, sql, type Sql } from '../core/sql.js';
import type { Actor, Insider } from '../authorization/actor.js';
import type { AuditEventType } from './event-types.js';

/** One change, for the audit log. */
export interface AuditEntry {
  type: AuditEventType;
  organizationId?: string;
  projectId?: string;
  /** The thing that changed: an account, a note, a key, a staff member … */
  objectId: string;
  leaseRequestId?: LeaseRequestId;
  /** Facts that a partner may see, where the typed table of the partner's audit log names them. */
  data?: Record<string, unknown>;
  /** Before, after and reasons; shown in the panel only. */
  internal?: Record<string, unknown>;
}

/** The append-only audit log: every change writes its event in the same transaction. */
@Injectable()
export class AuditService {
  constructor(private readonly clock: Clock) {}

  /** @param em the transaction of the change itself */
  async record(em: EntityManager, actor: Actor, entry: AuditEntry): Promise<void> {
    await queryRows(em, this.recordSql(actor, entry));
  }

  /** The statement of {@link record}, for one round trip with others of the transaction. */
  recordSql(actor: Actor, entry: AuditEntry): Sql {
    return auditInsertSql(actor, entry, this.clock.now(), sql`(SELECT) once`);
  }

  /**
   * Records any number of changes of one kind in one statement.
   * @param em the transaction of the changes themselves
   * @param organizationId of the entries that name none
   */
  async recordMany(
    em: EntityManager,
    actor: Insider,
    type: AuditEventType,
    entries: Omit<AuditEntry, 'type'>[],
    organizationId: string | null = null,
  ): Promise<void> {
    if (entries.length === 0) return;
    const events = entries.map((entry) => ({ id: newId('evt'), organizationId, data: {}, internal: {}, ...entry }));
    await queryRows(
      em,
      sql`INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, object_id, lease_request_id,
                                   actor_kind, actor_id, actor_name, request_id, data, internal)
          SELECT id, ${type}, ${this.clock.now()}, "organizationId", "projectId", "objectId", "leaseRequestId",
                 ${actor.kind}, ${getActorId(actor)}, ${getActorName(actor)}, ${actor.callId}, data, internal
            FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
                 AS event (id text, "organizationId" text, "projectId" text, "objectId" text, "leaseRequestId" text, data jsonb, internal jsonb)`,
    );
  }
}

/**
 * The INSERT of one event, as a part of the statement that makes the change.
 * @param source a table expression: the event is written where it has a row, and it has at most one
 */
export function auditInsertSql(actor: Actor, entry: AuditEntry, occurredAt: Date, source: Sql): Sql {
  const row = {
    id: newId('evt'),
    type: entry.type,
    occurredAt,
    organizationId: entry.organizationId ?? null,
    projectId: entry.projectId ?? null,
    apiKeyId: actor.kind === 'partner_api' ? actor.apiKeyId : null,
    objectId: entry.objectId,
    leaseRequestId: entry.leaseRequestId ?? null,
    actorKind: actor.kind,
    actorId: getActorId(actor),
    actorName: getActorName(actor),
    callId: actor.callId,
    data: sql`${entry.data ?? {}}::jsonb`,
    internal: sql`${entry.internal ?? {}}::jsonb`,
  };
  return auditRowsSql(row, source);
}

type AuditColumn =
  | 'id'
  | 'type'
  | 'occurredAt'
  | 'organizationId'
  | 'projectId'
  | 'apiKeyId'
  | 'objectId'
  | 'leaseRequestId'
  | 'actorKind'
  | 'actorId'
  | 'actorName'
  | 'callId'
  | 'data'
  | 'internal';

/**
 * The INSERT of an event for each row of a table expression.
 * @param row a value for all of them, or an expression of the row
 */
export function auditRowsSql(row: Record<AuditColumn, Sql | string | Date | null>, source: Sql): Sql {
  return sql`INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, api_key_id, object_id, lease_request_id,
                                      actor_kind, actor_id, actor_name, request_id, data, internal)
             SELECT ${row.id}, ${row.type}, ${row.occurredAt}, ${row.organizationId}, ${row.projectId}, ${row.apiKeyId},
                    ${row.objectId}, ${row.leaseRequestId}, ${row.actorKind}, ${row.actorId}, ${row.actorName}, ${row.callId},
                    ${row.data}, ${row.internal}
               FROM ${source}`;
}

/** The id of the actor in the audit log and the ledger. */
export function getActorId(actor: Actor): string {
  if (actor.kind === 'partner_api') return actor.apiKeyId;
  return actor.kind === 'staff' ? actor.staffId : 'system';
}

export function getActorName(actor: Actor): string {
  return actor.kind === 'partner_api' ? 'partner' : actor.name;
}

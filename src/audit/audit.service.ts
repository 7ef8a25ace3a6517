import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { queryRows } from '../core/sql.js';
import type { Actor, Insider } from '../authorization/actor.js';
import type { AuditEventType } from './event-types.js';

/** What happened, to what, and what the trail keeps of it. */
export interface AuditEntry {
  type: AuditEventType;
  organizationId?: string;
  projectId?: string;
  /** The thing that changed: an account, a note, a key, a staff member … */
  objectId: string;
  leaseRequestId?: LeaseRequestId;
  /** Facts that a partner may see one day, by the one typed table of the audit log. */
  data?: Record<string, unknown>;
  /** Before, after, reasons: never leaves the panel. */
  internal?: Record<string, unknown>;
}

/** The trail: every change writes its event in the same transaction. Rows are never changed. */
@Injectable()
export class AuditService {
  constructor(private readonly clock: Clock) {}

  /** @param em the transaction of the change itself */
  async record(em: EntityManager, actor: Actor, entry: AuditEntry): Promise<void> {
    await queryRows(
      em,
      `INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, api_key_id, object_id, lease_request_id,
                                actor_kind, actor_id, actor_name, request_id, data, internal)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        newId('evt'),
        entry.type,
        this.clock.now(),
        entry.organizationId ?? null,
        entry.projectId ?? null,
        actor.kind === 'partner_api' ? actor.apiKeyId : null,
        entry.objectId,
        entry.leaseRequestId ?? null,
        actor.kind,
        getActorId(actor),
        getActorName(actor),
        actor.callId,
        entry.data ?? {},
        entry.internal ?? {},
      ],
    );
  }

  /**
   * Records many changes of one kind in one statement; none is nothing.
   * @param em the transaction of the changes themselves
   * @param organizationId whose they all are
   */
  async recordMany(
    em: EntityManager,
    actor: Insider,
    type: AuditEventType,
    entries: Omit<AuditEntry, 'type' | 'organizationId'>[],
    organizationId: string | null = null,
  ): Promise<void> {
    if (entries.length === 0) return;
    const events = entries.map((entry) => ({ id: newId('evt'), data: {}, internal: {}, ...entry }));
    await queryRows(
      em,
      `INSERT INTO audit_event (id, type, occurred_at, organization_id, project_id, object_id, lease_request_id,
                                actor_kind, actor_id, actor_name, request_id, data, internal)
       SELECT id, $2, $3, $8, "projectId", "objectId", "leaseRequestId", $4, $5, $6, $7, data, internal
         FROM jsonb_to_recordset($1::jsonb)
              AS event (id text, "projectId" text, "objectId" text, "leaseRequestId" text, data jsonb, internal jsonb)`,
      [
        JSON.stringify(events),
        type,
        this.clock.now(),
        actor.kind,
        getActorId(actor),
        getActorName(actor),
        actor.callId,
        organizationId,
      ],
    );
  }
}

/** The id that the trail and the ledger keep of whoever caused a change. */
export function getActorId(actor: Actor): string {
  if (actor.kind === 'partner_api') return actor.apiKeyId;
  return actor.kind === 'staff' ? actor.staffId : 'system';
}

function getActorName(actor: Actor): string {
  return actor.kind === 'partner_api' ? 'partner' : actor.name;
}

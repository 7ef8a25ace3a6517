import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isOneOfSql, queryRows, sql, type Sql } from '../core/sql.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { NewEvent } from '../events/types.js';
import type { LeaseRequestStatus } from './lease-request-status.js';
import {
  leaseRequestColumns,
  leaseRequestSource,
  shownNoteSql,
  toLeaseRequestView,
  type LeaseRequestRow,
} from './lease-request.view.js';
import type { LockedRequest } from './request-lock.js';

export interface ChangedRequest extends LeaseRequestRow {
  version: number;
  shownNoteId: string | null;
}

/** The events that tell a partner of changes of a lease request (contract: Webhooks). */
@Injectable()
export class LeaseRequestEvents {
  constructor(private readonly events: EventRecorder) {}

  /**
   * Records the event of a change, where the partner sees one: the final status, or another note, blocker or count.
   * @param em the transaction of the change, which has made it
   * @param before as this transaction locked it
   */
  record(em: EntityManager, before: LockedRequest): Promise<void> {
    return this.recordAll(em, [before]);
  }

  /** {@link record} for several requests, in their order. */
  async recordAll(em: EntityManager, before: readonly LockedRequest[]): Promise<void> {
    const ids = before.map(({ id }) => id);
    const changed = await queryRows<ChangedRequest>(em, changedRequestsSql(ids));
    const after = new Map(changed.map((request) => [request.id, request]));
    await this.events.recordAll(
      em,
      before.flatMap((request) => toRequestEvents(request, [after.get(request.id)!])),
    );
  }

  /** {@link record} for a caller who writes other events too. None or one. */
  async toEvents(em: EntityManager, before: LockedRequest): Promise<NewEvent[]> {
    return toRequestEvents(before, await queryRows<ChangedRequest>(em, changedRequestSql(before)));
  }
}

/** The request after its change; before it, what {@link withAssigned} starts from. */
export function changedRequestSql({ id }: Pick<LockedRequest, 'id'>): Sql {
  return changedRequestsSql([id]);
}

function changedRequestsSql(ids: readonly string[]): Sql {
  return sql`SELECT ${leaseRequestColumns}, request.version, ${shownNoteSql('id')} AS "shownNoteId"
               FROM ${leaseRequestSource} WHERE ${isOneOfSql(sql`request.id`, ids)}`;
}

/**
 * A request after one more account was assigned, as {@link changedRequestSql} would read it; not for the last account of a request
 * with a blocker, whose note is shown no more.
 * @param assignedAt later than every change before
 */
export function withAssigned(before: ChangedRequest, socialAccountId: string, assignedAt: Date): ChangedRequest {
  const assignedCount = before.assignedCount + 1;
  const isLast = assignedCount === before.count;
  return {
    ...before,
    assignedCount,
    assignedSocialAccountIds: [...before.assignedSocialAccountIds, socialAccountId],
    version: before.version + 1,
    updatedAt: assignedAt,
    ...(isLast && { status: 'assigned', assignedAt, closedBy: 'staff' }),
  };
}

/** @param after of {@link changedRequestSql} */
export function toRequestEvents(before: LockedRequest, [after]: ChangedRequest[]): NewEvent[] {
  const type = getType(before, after!);
  if (!type) return [];
  const { organizationId, projectId } = before;
  const data = { ...toLeaseRequestView(after!), organizationId, version: after!.version };
  return [{ type, organizationId, projectId, data }];
}

/** Who waits for the final status has it with either of the two. */
const finalTypes = {
  assigned: 'lease_request.assigned',
  partial: 'lease_request.assigned',
  rejected: 'lease_request.rejected',
} as const satisfies Record<Exclude<LeaseRequestStatus, 'requested'>, NewEvent['type']>;

function getType(before: LockedRequest, after: ChangedRequest): NewEvent['type'] | null {
  if (after.status !== before.status && after.status !== 'requested') return finalTypes[after.status];
  const isSame =
    after.shownNoteId === before.shownNoteId &&
    after.blocker === before.shownBlocker &&
    after.assignedCount === before.assignedCount;
  return isSame ? null : 'lease_request.updated';
}

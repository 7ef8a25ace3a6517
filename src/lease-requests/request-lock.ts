import type { LeaseRequestId, PartnerRequestId } from '../core/ids.js';
import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../core/errors.js';
import { queryRow, queryRows } from '../core/sql.js';
import { isOpen, type BlockerKind, type LeaseRequestStatus } from './lease-request-status.js';
import { toEventSentence } from './event-sentence.js';
import { eventInternalSql, type RequestEvent } from './request-events.js';

/** A request whose row this transaction holds; nobody else moves it until the commit. */
export interface LockedRequest {
  id: LeaseRequestId;
  partnerRequestId: PartnerRequestId;
  organizationId: string;
  projectId: string;
  count: number;
  assignedCount: number;
  status: LeaseRequestStatus;
  version: number;
  vertical: string;
  language: string | null;
  geo: string[] | null;
  blocker: BlockerKind | null;
  blockerNoteId: string | null;
  blockerSince: Date | null;
  /** The day, `YYYY-MM-DD`, on which the blocker wakes by itself. */
  lookAgainOn: string | null;
  submittedAt: Date;
  closedAt: Date | null;
  dueAt: Date | null;
  pausedAt: Date | null;
  pausedMs: number;
  /** Who holds it by the database's clock; an expired claim is none. */
  claimedBy: string | null;
  claimedByName: string | null;
  claimedUntil: Date | null;
  sandbox: boolean;
  suspended: boolean;
  partnerName: string;
}

/**
 * The row is locked first and read after, so that what stands beside it, the organisation above all, is as it is now and not
 * as it was before the wait. A suspension waits for those who have read the organisation, and is seen by everybody after it.
 * @throws NotFound
 */
export async function lockRequest(em: EntityManager, id: LeaseRequestId): Promise<LockedRequest> {
  await queryRows(em, 'SELECT id FROM lease_request WHERE id = $1 FOR UPDATE', [id]);
  const request = await queryRow<LockedRequest>(
    em,
    `SELECT request.id, request.request_id AS "partnerRequestId", request.organization_id AS "organizationId",
            request.project_id AS "projectId", request.count, request.assigned_count AS "assignedCount", request.status,
            request.version, request.vertical, request.language, request.geo, request.blocker,
            request.blocker_note_id AS "blockerNoteId", request.blocker_since AS "blockerSince",
            to_char(request.look_again_on, 'YYYY-MM-DD') AS "lookAgainOn", request.submitted_at AS "submittedAt",
            request.closed_at AS "closedAt", request.due_at AS "dueAt",
            request.paused_at AS "pausedAt", request.paused_ms AS "pausedMs",
            claim.by AS "claimedBy", staff_user.name AS "claimedByName", claim.until AS "claimedUntil",
            organization.sandbox, organization.suspended_at IS NOT NULL AS suspended, organization.name AS "partnerName"
       FROM lease_request request
       JOIN organization ON organization.id = request.organization_id
       CROSS JOIN LATERAL (
         SELECT CASE WHEN request.claimed_until > now() THEN request.claimed_by END AS by,
                CASE WHEN request.claimed_until > now() THEN request.claimed_until END AS until
       ) claim
       LEFT JOIN staff_user ON staff_user.id = claim.by
      WHERE request.id = $1 FOR SHARE OF organization`,
    [id],
  );
  if (!request) throw new NotFound('This request');
  return request;
}

/** @throws Conflict `request_closed` */
export function assertOpen(request: LockedRequest): void {
  if (isOpen(request.status)) return;
  throw new Conflict('request_closed', `This request is ${request.status} already; nothing was changed.`, {
    status: request.status,
  });
}

/**
 * @param seenVersion what the staff member saw, where the page told it
 * @throws Conflict `stale`, saying what happened since
 */
export async function assertCurrent(em: EntityManager, request: LockedRequest, seenVersion?: number): Promise<void> {
  if (seenVersion === undefined || seenVersion === request.version) return;
  const events = await queryRows<Pick<RequestEvent, 'type' | 'actorName' | 'data' | 'internal'>>(
    em,
    `SELECT event.type, event.actor_name AS "actorName", event.data, ${eventInternalSql} AS internal FROM audit_event event
      WHERE lease_request_id = $1 AND (internal ->> 'version')::int > $2
      ORDER BY occurred_at DESC, id DESC LIMIT 3`,
    [request.id, seenVersion],
  );
  const who = ({ actorName }: { actorName: string }) => (actorName === 'partner' ? 'the partner' : actorName);
  const since = events.map((event) => `${who(event)} ${toEventSentence(event)}`).reverse();
  const what = since.length > 0 ? `: ${since.join('; ')}` : '';
  throw new Conflict(
    'stale',
    `Somebody changed this request after you opened it${what}. Nothing was done; look at it again.`,
    { version: request.version },
  );
}

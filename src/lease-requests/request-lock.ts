import type { LeaseRequestId, PartnerRequestId } from '../core/ids.js';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { Conflict, NotFound } from '../core/errors.js';
import { isOneOfSql, queryRows, queryTogether, sql, type Sql } from '../core/sql.js';
import { isolated } from '../core/sentence.js';
import { isOpen, type BlockerKind, type LeaseRequestStatus } from './lease-request-status.js';
import { isClaimed } from './lease-request-sql.js';
import { toEventSentence } from './event-sentence.js';
import { joinBlockingNote, shownBlocker, shownNoteSql } from './lease-request.view.js';
import { eventInternal, type RequestEvent } from './request-events.js';

/** A request whose row this transaction has locked. */
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
  /** The day, `YYYY-MM-DD`, on which the blocker ends without staff. */
  lookAgainOn: string | null;
  /** The blocker and the note that the partner sees. */
  shownBlocker: BlockerKind | null;
  shownNoteId: string | null;
  /** The first note of the partner that nobody has read. */
  unreadReplyId: string | null;
  submittedAt: Date;
  closedAt: Date | null;
  dueAt: Date | null;
  pausedAt: Date | null;
  pausedMs: number;
  /** `null` for an expired claim, by the database's clock. */
  claimedBy: string | null;
  claimedByName: string | null;
  claimedUntil: Date | null;
  sandbox: boolean;
  suspended: boolean;
  partnerName: string;
}

/**
 * Locks the row first and reads it after, so that the joined rows, the organization above all, are as they are after the wait for
 * the lock. The share lock makes a suspension wait for transactions that read the organization before it.
 * @throws NotFound
 */
export async function lockRequest(em: EntityManager, id: LeaseRequestId): Promise<LockedRequest> {
  return toLocked(await queryTogether<LockedRows>(em, lockRequestSql(id)));
}

/**
 * Locks those of the requests that nobody else holds, in the order of their ids, and waits for nothing: their organizations are read
 * without a lock, for what does not depend on a suspension.
 */
export async function lockFreeRequests(em: EntityManager, ids: readonly LeaseRequestId[]): Promise<LockedRequest[]> {
  const locked = await queryRows<{ id: LeaseRequestId }>(
    em,
    sql`SELECT id FROM lease_request WHERE ${isOneOfSql(sql`id`, ids)} ORDER BY id FOR UPDATE SKIP LOCKED`,
  );
  const lockedIds = locked.map(({ id }) => id);
  return lockedIds.length === 0 ? [] : queryRows<LockedRequest>(em, readLockedSql(lockedIds));
}

/** The statements of {@link lockRequest}, for one round trip with what else is read under the lock. */
export function lockRequestSql(id: LeaseRequestId): [Sql, Sql] {
  return [
    sql`SELECT id FROM lease_request WHERE id = ${id} FOR UPDATE`,
    sql`${readLockedSql([id])} FOR SHARE OF organization`,
  ];
}

function readLockedSql(ids: readonly LeaseRequestId[]): Sql {
  return sql`SELECT request.id, request.request_id AS "partnerRequestId", request.organization_id AS "organizationId",
            request.project_id AS "projectId", request.count, request.assigned_count AS "assignedCount", request.status,
            request.version, request.vertical, request.language, request.geo, request.blocker,
            request.blocker_note_id AS "blockerNoteId", request.blocker_since AS "blockerSince",
            to_char(request.look_again_on, 'YYYY-MM-DD') AS "lookAgainOn", request.unread_reply_id AS "unreadReplyId",
            ${shownBlocker} AS "shownBlocker", ${shownNoteSql('id')} AS "shownNoteId",
            request.submitted_at AS "submittedAt",
            request.closed_at AS "closedAt", request.due_at AS "dueAt",
            request.paused_at AS "pausedAt", request.paused_ms AS "pausedMs",
            claim.by AS "claimedBy", staff_user.name AS "claimedByName", claim.until AS "claimedUntil",
            organization.sandbox, organization.suspended_at IS NOT NULL AS suspended, organization.name AS "partnerName"
       FROM lease_request request
       ${joinBlockingNote}
       JOIN organization ON organization.id = request.organization_id
       CROSS JOIN LATERAL (
         SELECT CASE WHEN ${isClaimed} THEN request.claimed_by END AS by, CASE WHEN ${isClaimed} THEN request.claimed_until END AS until
       ) claim
       LEFT JOIN staff_user ON staff_user.id = claim.by
      WHERE ${isOneOfSql(sql`request.id`, ids)}`;
}

/** The rows of {@link lockRequestSql}. */
export type LockedRows = [object, LockedRequest];

/** @throws NotFound */
export function toLocked([, [request]]: [object[], LockedRequest[]]): LockedRequest {
  if (!request) throw new NotFound('This request');
  return request;
}

/** A sandbox answers its requests itself. @throws Conflict */
export function assertServedByStaff(caller: Insider, { sandbox }: LockedRequest): void {
  if (caller.kind !== 'staff' || !sandbox) return;
  throw new Conflict(
    'not_allowed_now',
    'This request is a sandbox’s, which answers it by itself; nothing was changed.',
  );
}

/** @throws Conflict `request_closed` */
export function assertOpen(request: LockedRequest): void {
  if (isOpen(request.status)) return;
  throw new Conflict('request_closed', `This request is already closed (${request.status}); nothing was changed.`, {
    status: request.status,
  });
}

/** @throws Conflict `reply_unread` */
export function assertReplyRead({ unreadReplyId }: LockedRequest): void {
  if (unreadReplyId === null) return;
  throw new Conflict('reply_unread', 'The partner’s reply has not been read yet; nothing was done. Read it first.');
}

/**
 * @param seenVersion the version that the staff member saw, if known
 * @throws Conflict `stale`, with what happened since
 */
export async function assertCurrent(em: EntityManager, request: LockedRequest, seenVersion?: number): Promise<void> {
  if (seenVersion === undefined || seenVersion === request.version) return;
  const events = await queryRows<Pick<RequestEvent, 'type' | 'actorName' | 'data' | 'internal'>>(
    em,
    sql`SELECT event.type, event.actor_name AS "actorName", event.data, ${eventInternal} AS internal FROM audit_event event
      WHERE lease_request_id = ${request.id} AND (internal ->> 'version')::int > ${seenVersion}
      ORDER BY occurred_at DESC, id DESC LIMIT 3`,
  );
  const toName = (actorName: string) => (actorName === 'partner' ? 'the partner' : actorName);
  const sentences = events.map((event) => `${isolated(toName(event.actorName))} ${toEventSentence(event)}`).reverse();
  const changes = sentences.length > 0 ? `: ${sentences.join('; ')}` : '';
  throw new Conflict(
    'stale',
    `Someone changed this request after you opened it${changes}. Nothing was done; check it again.`,
    { version: request.version },
  );
}

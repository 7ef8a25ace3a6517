import type { EntityManager } from 'typeorm';
import { Conflict, NotFound } from '../common/errors.js';
import { oneRow, rows } from '../database/sql.js';
import { isOpen, type BlockerKind, type LeaseRequestStatus } from '../lease-requests/lease-request-status.js';

/** A request whose row this transaction holds; nobody else moves it until the commit. */
export interface LockedRequest {
  id: string;
  requestId: string;
  organizationId: string;
  projectId: string;
  count: number;
  assignedCount: number;
  status: LeaseRequestStatus;
  version: number;
  blocker: BlockerKind | null;
  blockerNoteId: string | null;
  sandbox: boolean;
  suspended: boolean;
  partnerName: string;
}

/**
 * The row is locked first and read after, so that what stands beside it, the organisation above all, is as it is now and not
 * as it was before the wait. A suspension waits for those who have read the organisation, and is seen by everybody after it.
 * @throws NotFound
 */
export async function lockRequest(em: EntityManager, id: string): Promise<LockedRequest> {
  await rows(em, 'SELECT id FROM lease_request WHERE id = $1 FOR UPDATE', [id]);
  const request = await oneRow<LockedRequest>(
    em,
    `SELECT request.id, request.request_id AS "requestId", request.organization_id AS "organizationId",
            request.project_id AS "projectId", request.count, request.assigned_count AS "assignedCount", request.status,
            request.version, request.blocker, request.blocker_note_id AS "blockerNoteId", organization.sandbox,
            organization.suspended_at IS NOT NULL AS suspended, organization.name AS "partnerName"
       FROM lease_request request JOIN organization ON organization.id = request.organization_id
      WHERE request.id = $1 FOR SHARE OF organization`,
    [id],
  );
  if (!request) throw new NotFound('This request');
  return request;
}

/**
 * @param seenVersion what the staff member saw, where the page told it
 * @throws Conflict `request_closed` or `stale`
 */
export function mustBeOpen(request: LockedRequest, seenVersion?: number): void {
  if (!isOpen(request.status)) {
    throw new Conflict('request_closed', `This request is ${request.status} already; nothing was changed.`, {
      status: request.status,
    });
  }
  if (seenVersion !== undefined && seenVersion !== request.version) {
    throw new Conflict(
      'stale',
      `Somebody changed this request after you opened it (you saw version ${seenVersion}, it is ${request.version} now); nothing was changed. Look at it again.`,
      { version: request.version },
    );
  }
}

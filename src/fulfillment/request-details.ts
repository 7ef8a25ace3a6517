import type { EntityManager } from 'typeorm';
import { queryRow, queryRows, sql } from '../core/sql.js';
import type {
  BlockerKind,
  LeaseRequestStatus,
  NoteVisibility,
  OutcomeReason,
  UnblockReason,
} from '../lease-requests/lease-request-status.js';
import type { Metadata } from '../partner-api/validation/metadata-fields.js';
import { wokeBecauseSql } from '../lease-requests/lease-request-sql.js';
import { isSlotFilledSql, type LeaseSlot } from './lease-slot.js';

export interface RequestDetails {
  id: string;
  requestId: string;
  status: LeaseRequestStatus;
  count: number;
  assignedCount: number;
  version: number;
  /** `lookAgainOn` (`YYYY-MM-DD`) is the day on which it ends automatically. */
  blocker: { kind: BlockerKind; since: Date; lookAgainOn: string | null } | null;
  /** The first note of the partner that nobody has read. */
  unreadReplyId: string | null;
  /** Why its blocker ended automatically; `null` again once staff have opened the request or worked on it, or a day later. */
  wokeBecause: UnblockReason | null;
  /** An expired claim (by the database's clock) is `null`; `until` is ISO 8601. */
  claim: { staffId: string; name: string; until: string } | null;
  dueAt: Date | null;
  pausedAt: Date | null;
  pausedMs: number;
  vertical: string;
  audience: string | null;
  language: string | null;
  geo: string[] | null;
  target: string | null;
  metadata: Metadata | null;
  partnerNote: string | null;
  partner: { id: string; name: string; suspended: boolean; sandbox: boolean };
  project: { id: string; name: string };
  apiKeyName: string;
  submittedAt: Date;
  assignedAt: Date | null;
  closedAt: Date | null;
  closedBy: 'staff' | 'partner' | null;
  outcomeReason: OutcomeReason | null;
}

/** @param now business time */
export async function readRequest(em: EntityManager, id: string, now: Date): Promise<RequestDetails | null> {
  return queryRow<RequestDetails>(
    em,
    sql`SELECT request.id, request.request_id AS "requestId", request.status, request.count, request.assigned_count AS "assignedCount",
            request.version, request.vertical, request.audience, request.language, request.geo, request.target, request.metadata,
            CASE WHEN request.blocker IS NOT NULL
                 THEN jsonb_build_object('kind', request.blocker, 'since', request.blocker_since, 'lookAgainOn', request.look_again_on) END AS blocker,
            request.unread_reply_id AS "unreadReplyId", ${wokeBecauseSql(now)} AS "wokeBecause", request.due_at AS "dueAt", request.paused_at AS "pausedAt", request.paused_ms AS "pausedMs",
            CASE WHEN request.claimed_until > now()
                 THEN jsonb_build_object('staffId', request.claimed_by, 'name', coalesce(holder.name, 'A colleague'),
                                         'until', request.claimed_until) END AS claim,
            request.partner_note AS "partnerNote",
            jsonb_build_object('id', organization.id, 'name', organization.name, 'sandbox', organization.sandbox,
                               'suspended', organization.suspended_at IS NOT NULL) AS partner,
            jsonb_build_object('id', project.id, 'name', project.name) AS project,
            api_key.name AS "apiKeyName", request.submitted_at AS "submittedAt", request.assigned_at AS "assignedAt",
            request.closed_at AS "closedAt", request.closed_by AS "closedBy", request.outcome_reason AS "outcomeReason"
       FROM lease_request request
       JOIN organization ON organization.id = request.organization_id
       JOIN project ON project.id = request.project_id
       JOIN api_key ON api_key.id = request.api_key_id
       LEFT JOIN staff_user holder ON holder.id = request.claimed_by
      WHERE request.id = ${id}`,
  );
}

/** One lease of a request, undone ones included, with its first charge. */
export interface AssignedLease extends LeaseSlot {
  leaseId: string;
  socialAccountId: string;
  handle: string;
  followers: number;
  assignedAt: Date;
  /** When its place was first filled. */
  placeSince: Date;
  assignedById: string;
  assignedBy: string;
  priceCents: number;
  nextRenewalAt: Date | null;
  /** When an attempt at its renewal failed first. */
  pastDueSince: Date | null;
  transactionId: string;
}

export function readAssignedLeases(em: EntityManager, requestId: string): Promise<AssignedLease[]> {
  return queryRows<AssignedLease>(
    em,
    sql`SELECT lease.id AS "leaseId", lease.social_account_id AS "socialAccountId",
            coalesce(lease.handle_at_end, account.handle) AS handle, coalesce(lease.followers_at_end, account.followers) AS followers,
            lease.status, lease.assigned_at AS "assignedAt", coalesce(lease.place_since, lease.assigned_at) AS "placeSince", lease.assigned_by AS "assignedById",
            coalesce(staff_user.name, lease.assigned_by) AS "assignedBy", lease.price_cents AS "priceCents",
            lease.next_renewal_at AS "nextRenewalAt", lease.past_due_since AS "pastDueSince", lease.ended_at AS "endedAt", lease.end_reason AS "endReason",
            charge.id AS "transactionId",
            (SELECT max(paid.period_end) FROM ledger_transfer paid WHERE paid.lease_id = lease.id) AS "paidUntil",
            ${isSlotFilledSql('lease')} AS "placeIsFilled"
       FROM lease
       JOIN social_account account ON account.id = lease.social_account_id
       JOIN ledger_transfer charge ON charge.lease_id = lease.id AND charge.kind = 'lease_charge'
       LEFT JOIN staff_user ON staff_user.id = lease.assigned_by
      WHERE lease.lease_request_id = ${requestId}
      ORDER BY lease.assigned_at, lease.id`,
  );
}

export interface NoteDetails {
  id: string;
  body: string;
  visibility: NoteVisibility;
  author: { kind: 'staff' | 'partner'; name: string };
  blocker: BlockerKind | null;
  createdAt: Date;
  withdrawnAt: Date | null;
  retiredAt: Date | null;
}

/** Newest first. */
export function readNotes(em: EntityManager, requestId: string): Promise<NoteDetails[]> {
  return queryRows<NoteDetails>(
    em,
    sql`SELECT note.id, note.body, note.visibility,
            jsonb_build_object('kind', note.author, 'name', coalesce(staff_user.name, note.staff_id, 'partner')) AS author,
            note.blocker, note.created_at AS "createdAt", note.withdrawn_at AS "withdrawnAt", note.retired_at AS "retiredAt"
       FROM request_note note LEFT JOIN staff_user ON staff_user.id = note.staff_id
      WHERE note.lease_request_id = ${requestId}
      ORDER BY note.id DESC`,
  );
}

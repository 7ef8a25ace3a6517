import type { EntityManager } from 'typeorm';
import { oneRow, rows } from '../database/sql.js';
import type { BlockerKind, LeaseRequestStatus, OutcomeReason } from '../lease-requests/lease-request-status.js';
import type { LeaseStatus } from '../leases/lease-lifecycle.js';
import type { NoteVisibility } from './request-notes.js';

/** What was asked, by whom, and how far it got. */
export interface RequestPart {
  id: string;
  requestId: string;
  status: LeaseRequestStatus;
  count: number;
  assignedCount: number;
  version: number;
  blocker: { kind: BlockerKind; since: Date } | null;
  vertical: string;
  audience: string | null;
  language: string | null;
  geo: string[] | null;
  target: string | null;
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

export async function requestOf(em: EntityManager, id: string): Promise<RequestPart | null> {
  return oneRow<RequestPart>(
    em,
    `SELECT request.id, request.request_id AS "requestId", request.status, request.count, request.assigned_count AS "assignedCount",
            request.version, request.vertical, request.audience, request.language, request.geo, request.target,
            CASE WHEN request.blocker IS NOT NULL
                 THEN jsonb_build_object('kind', request.blocker, 'since', request.blocker_since) END AS blocker,
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
      WHERE request.id = $1`,
    [id],
  );
}

/** One lease of a request, undone ones included, with the charge that paid for it. */
export interface AssignedPart {
  leaseId: string;
  socialAccountId: string;
  handle: string;
  followers: number;
  status: LeaseStatus;
  assignedAt: Date;
  assignedById: string;
  assignedBy: string;
  priceCents: number;
  nextRenewalAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
  transactionId: string;
}

export function assignedOf(em: EntityManager, requestId: string): Promise<AssignedPart[]> {
  return rows<AssignedPart>(
    em,
    `SELECT lease.id AS "leaseId", lease.social_account_id AS "socialAccountId",
            coalesce(lease.handle_at_end, account.handle) AS handle, coalesce(lease.followers_at_end, account.followers) AS followers,
            lease.status, lease.assigned_at AS "assignedAt", lease.assigned_by AS "assignedById",
            coalesce(staff_user.name, lease.assigned_by) AS "assignedBy", lease.price_cents AS "priceCents",
            lease.next_renewal_at AS "nextRenewalAt", lease.ended_at AS "endedAt", lease.end_reason AS "endReason",
            charge.id AS "transactionId"
       FROM lease
       JOIN social_account account ON account.id = lease.social_account_id
       JOIN ledger_transfer charge ON charge.lease_id = lease.id AND charge.kind = 'lease_charge'
       LEFT JOIN staff_user ON staff_user.id = lease.assigned_by
      WHERE lease.lease_request_id = $1
      ORDER BY lease.assigned_at, lease.id`,
    [requestId],
  );
}

export interface NotePart {
  id: string;
  body: string;
  visibility: NoteVisibility;
  author: { kind: 'staff' | 'partner'; name: string };
  blocker: BlockerKind | null;
  createdAt: Date;
  withdrawnAt: Date | null;
  retiredAt: Date | null;
}

/** The notes of a request, newest first. */
export function notesOf(em: EntityManager, requestId: string): Promise<NotePart[]> {
  return rows<NotePart>(
    em,
    `SELECT note.id, note.body, note.visibility,
            jsonb_build_object('kind', note.author, 'name', coalesce(staff_user.name, note.staff_id, 'partner')) AS author,
            note.blocker, note.created_at AS "createdAt", note.withdrawn_at AS "withdrawnAt", note.retired_at AS "retiredAt"
       FROM request_note note LEFT JOIN staff_user ON staff_user.id = note.staff_id
      WHERE note.lease_request_id = $1
      ORDER BY note.id DESC`,
    [requestId],
  );
}

export interface EventPart {
  id: string;
  type: string;
  occurredAt: Date;
  actorKind: 'partner_api' | 'staff' | 'system';
  actorName: string;
  objectId: string | null;
  data: Record<string, unknown>;
  internal: Record<string, unknown>;
}

/** What happened to a request and its leases, newest first. */
export function eventsOf(em: EntityManager, requestId: string): Promise<EventPart[]> {
  return rows<EventPart>(
    em,
    `SELECT id, type, occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_name AS "actorName", object_id AS "objectId",
            data, internal
       FROM audit_event WHERE lease_request_id = $1
      ORDER BY occurred_at DESC, id DESC LIMIT 500`,
    [requestId],
  );
}

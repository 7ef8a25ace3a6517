import { identifier, sql, type Sql } from '../core/sql.js';
import { ApiProperty } from '../partner-api/openapi/decorators.js';
import type { Metadata } from '../partner-api/validation/metadata-fields.js';
import { isNotUndoneSql, isReplacedSql } from '../leases/lease-sql.js';
import {
  blockerKinds,
  leaseRequestStatuses,
  outcomeReasons,
  type BlockerKind,
  type LeaseRequestStatus,
  type OutcomeReason,
} from './lease-request-status.js';

const requestId = {
  type: 'string',
  description: 'Your own id of the request, else ours; the only id that the API reads and shows.',
  example: 'lreq_01HXZR7K8M2P4RSTUV56789AB',
} as const;
const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;
const laterTime = { ...time, example: '2026-04-20T09:12:45.310Z' } as const;

export class LeaseRequestReceipt {
  @ApiProperty(requestId)
  requestId: string;

  @ApiProperty({ type: 'string', enum: ['requested'] })
  status: 'requested';

  @ApiProperty(time)
  submittedAt: string;
}

export class PartnerNoteReceipt {
  @ApiProperty({ type: 'string', example: 'note_01HXZR7K8M2P4RSTVW56789ABC' })
  noteId: string;

  @ApiProperty(requestId)
  requestId: string;

  @ApiProperty({ type: 'string', example: 'Adults only, and Canada is fine too.' })
  body: string;

  @ApiProperty(time)
  createdAt: string;
}

class NicheView {
  @ApiProperty({ type: 'string', example: 'coffee' })
  vertical: string;

  @ApiProperty({ type: 'string', required: false, example: 'home baristas 25–40' })
  audience?: string;

  @ApiProperty({ type: 'string', required: false, example: 'en' })
  language?: string;

  @ApiProperty({ type: 'array', items: { type: 'string' }, required: false, example: ['US', 'CA', 'GB'] })
  geo?: string[];
}

class BlockerView {
  @ApiProperty({ type: 'string', enum: [...blockerKinds] })
  kind: BlockerKind;

  @ApiProperty(time)
  since: string;
}

/** A lease request as its partner sees it. */
export class LeaseRequestView {
  @ApiProperty(requestId)
  requestId: string;

  @ApiProperty({ type: 'string', example: 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39' })
  projectId: string;

  @ApiProperty({
    type: 'string',
    enum: [...leaseRequestStatuses],
    example: 'partial',
    description:
      'Poll until it leaves `requested`; the others are final. It becomes `assigned` with the last account, `partial` when it is closed short, `rejected` when it is refused with nothing assigned.',
  })
  status: LeaseRequestStatus;

  @ApiProperty(time)
  submittedAt: string;

  @ApiProperty({ ...laterTime, nullable: true, description: 'When it became assigned or partial.' })
  assignedAt: string | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    description: 'The accounts given, in order; one that was released later stays.',
    example: ['sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11', 'sa_c2d5a7b0-61f3-4b58-9a0e-7e0b1f2d3c44'],
  })
  assignedSocialAccountIds: string[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'Two warmed coffee accounts fit; the other three would not have.',
    description: 'Notes from Layers, for example what blocks it.',
  })
  note: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 50, example: 5 })
  count: number;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 50, example: 2 })
  assignedCount: number;

  @ApiProperty({ type: () => NicheView })
  niche: NicheView;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'Short-form brew tutorials; paid UGC-style creative for ads.',
  })
  target: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    description: 'As you sent it.',
    example: { campaign: 'spring' },
  })
  metadata: Metadata | null;

  @ApiProperty({ type: () => BlockerView, nullable: true, example: null, description: 'What blocks the request.' })
  blocker: BlockerView | null;

  @ApiProperty({
    type: 'string',
    enum: [...outcomeReasons],
    nullable: true,
    example: 'no_inventory',
    description: 'Null while open or fully assigned.',
  })
  outcomeReason: OutcomeReason | null;

  @ApiProperty({
    type: 'string',
    enum: ['staff', 'partner'],
    nullable: true,
    example: 'staff',
    description:
      '`partner` where you cancelled it, else `staff`: Layers, and in a sandbox the answers that it gives by itself.',
  })
  closedBy: 'staff' | 'partner' | null;

  @ApiProperty(laterTime)
  updatedAt: string;
}

export class LeaseRequestPage {
  @ApiProperty({ type: () => [LeaseRequestView] })
  items: LeaseRequestView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;

  @ApiProperty({
    ...time,
    description: 'When the page was read. Give that of your first page as the next `updatedSince`.',
  })
  asOf: string;
}

/** A row of {@link leaseRequestColumns}. */
export interface LeaseRequestRow {
  id: string;
  requestId: string;
  projectId: string;
  status: LeaseRequestStatus;
  submittedAt: Date;
  assignedAt: Date | null;
  assignedSocialAccountIds: string[];
  note: string | null;
  count: number;
  assignedCount: number;
  vertical: string;
  audience: string | null;
  language: string | null;
  geo: string[] | null;
  target: string | null;
  metadata: Metadata | null;
  blocker: BlockerKind | null;
  blockerSince: Date | null;
  outcomeReason: OutcomeReason | null;
  closedBy: LeaseRequestView['closedBy'];
  updatedAt: Date;
}

/** A column of the note that the partner reads: staff notes are shown only while their visibility is `partner` and they are neither withdrawn nor retired. */
export function shownNoteSql(column: 'id' | 'body'): Sql {
  return sql`(SELECT ${identifier(`note.${column}`)} FROM request_note note
    WHERE note.lease_request_id = request.id AND note.author = 'staff' AND note.visibility = 'partner'
      AND note.withdrawn_at IS NULL AND note.retired_at IS NULL
    ORDER BY note.created_at DESC, note.id DESC LIMIT 1)`;
}

/** Of a blocker the partner sees nothing without a note that the partner may read. */
export const shownBlocker = sql`CASE WHEN blocking.id IS NOT NULL THEN request.blocker END`;

export const leaseRequestColumns = sql`
  request.id, request.request_id AS "requestId", request.project_id AS "projectId", request.status,
  request.submitted_at AS "submittedAt", request.assigned_at AS "assignedAt",
  ARRAY(SELECT lease.social_account_id FROM lease
         WHERE lease.lease_request_id = request.id AND ${isNotUndoneSql()} AND NOT ${isReplacedSql('lease')}
         ORDER BY coalesce(lease.place_since, lease.assigned_at), coalesce(lease.place_id, lease.id)) AS "assignedSocialAccountIds",
  ${shownNoteSql('body')} AS note,
  request.count, request.assigned_count AS "assignedCount",
  request.vertical, request.audience, request.language, request.geo, request.target, request.metadata,
  ${shownBlocker} AS blocker,
  CASE WHEN blocking.id IS NOT NULL THEN request.blocker_since END AS "blockerSince",
  request.outcome_reason AS "outcomeReason", request.closed_by AS "closedBy", request.updated_at AS "updatedAt"`;

/** The blocker's note, where the partner may read it. Joined to `lease_request request`. */
export const joinBlockingNote = sql`LEFT JOIN request_note blocking ON blocking.id = request.blocker_note_id
        AND blocking.visibility = 'partner' AND blocking.withdrawn_at IS NULL`;

/** The tables of {@link leaseRequestColumns}. */
export const leaseRequestSource = sql`lease_request request ${joinBlockingNote}`;

export function toLeaseRequestView(row: LeaseRequestRow): LeaseRequestView {
  return {
    requestId: row.requestId,
    projectId: row.projectId,
    status: row.status,
    submittedAt: row.submittedAt.toISOString(),
    assignedAt: row.assignedAt?.toISOString() ?? null,
    assignedSocialAccountIds: row.assignedSocialAccountIds,
    note: row.note,
    count: row.count,
    assignedCount: row.assignedCount,
    niche: {
      vertical: row.vertical,
      ...(row.audience !== null && { audience: row.audience }),
      ...(row.language !== null && { language: row.language }),
      ...(row.geo !== null && { geo: row.geo }),
    },
    target: row.target,
    metadata: row.metadata,
    blocker: row.blocker && { kind: row.blocker, since: row.blockerSince!.toISOString() },
    outcomeReason: row.outcomeReason,
    closedBy: row.closedBy,
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toLeaseRequestReceipt(request: { requestId: string; submittedAt: Date }): LeaseRequestReceipt {
  return { requestId: request.requestId, status: 'requested', submittedAt: request.submittedAt.toISOString() };
}

import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pageOf, readCursor } from '../common/pages.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { oneRow, rows } from '../database/sql.js';
import type { BlockerKind } from '../lease-requests/lease-request-status.js';

/** One open request as a row of the queue. */
export interface QueueRow {
  id: string;
  requestId: string;
  partner: string;
  project: string;
  submittedAt: Date;
  vertical: string;
  language: string | null;
  geo: string[] | null;
  count: number;
  assignedCount: number;
  status: 'requested';
  version: number;
  /** How many of the accounts still wanted the wallet pays for. */
  walletCovers: number;
  blocker: { kind: BlockerKind; since: Date } | null;
  lastNote: { body: string; author: string; at: Date } | null;
}

const ROWS_PER_PAGE = 50;
const LIST = ['queue'];

/** The open requests, oldest first: what staff work through. */
@Injectable()
export class QueueService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** @throws ValidationFailed on a cursor of another list */
  async page(query: { cursor?: string }) {
    const after = readCursor(query.cursor, LIST);
    const [found, totals] = await Promise.all([this.rowsAfter(after), this.totals()]);
    const { items, nextCursor } = pageOf(
      found,
      ROWS_PER_PAGE,
      LIST,
      (row) => ({ at: row.submittedAt, id: row.id }),
      (row) => row,
    );
    return { rows: items, ...totals, nextCursor };
  }

  private rowsAfter(after: { at: Date; id: string } | null): Promise<QueueRow[]> {
    return rows<QueueRow>(
      this.dataSource.manager,
      `SELECT request.id, request.request_id AS "requestId", organization.name AS partner, project.name AS project,
              request.submitted_at AS "submittedAt", request.vertical, request.language, request.geo, request.count,
              request.assigned_count AS "assignedCount", request.status, request.version,
              CASE WHEN wallet.owed_cents > 0 THEN 0
                   ELSE least(wallet.balance_cents / coalesce(organization.price_cents, $1::bigint), request.count - request.assigned_count)
              END AS "walletCovers",
              CASE WHEN request.blocker IS NOT NULL
                   THEN jsonb_build_object('kind', request.blocker, 'since', request.blocker_since) END AS blocker,
              last_note.note AS "lastNote"
         FROM lease_request request
         JOIN organization ON organization.id = request.organization_id
         JOIN project ON project.id = request.project_id
         JOIN ledger_account wallet ON wallet.id = 'wallet:' || request.organization_id
         LEFT JOIN LATERAL (
           SELECT jsonb_build_object('body', left(note.body, 200), 'author', coalesce(staff_user.name, note.author), 'at', note.created_at) AS note
             FROM request_note note LEFT JOIN staff_user ON staff_user.id = note.staff_id
            WHERE note.lease_request_id = request.id AND note.withdrawn_at IS NULL AND note.retired_at IS NULL
            ORDER BY note.id DESC LIMIT 1
         ) last_note ON true
        WHERE request.status = 'requested' AND ($2::timestamptz IS NULL OR (request.submitted_at, request.id) > ($2, $3))
        ORDER BY request.submitted_at, request.id
        LIMIT ${ROWS_PER_PAGE + 1}`,
      [this.settings.leasePriceCents, after?.at ?? null, after?.id ?? null],
    );
  }

  private async totals(): Promise<{ openCount: number; wantedCount: number }> {
    const totals = await oneRow<{ openCount: number; wantedCount: number }>(
      this.dataSource.manager,
      `SELECT count(*) AS "openCount", coalesce(sum(count - assigned_count), 0)::bigint AS "wantedCount"
         FROM lease_request WHERE status = 'requested'`,
    );
    return totals!;
  }
}

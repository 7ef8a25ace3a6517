import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { joinSql, literal, queryRow, queryRows, quoted, sql } from '../core/sql.js';
import { isClaimed, isQueuedSql, wokeBecauseSql } from '../lease-requests/lease-request-sql.js';
import { SlaCalculator } from '../lease-requests/sla-calculator.js';
import type { BlockerKind, UnblockReason } from '../lease-requests/lease-request-status.js';
import { LedgerVerificationJob } from '../accounting/ledger-verification.job.js';
import { DemoClock } from '../demo-clock/demo-clock.service.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { isLowSql } from '../wallets/wallet-sql.js';
import { readPoolFits, type PoolFits } from './pool-fits.js';
import { queueTables, toPageConditions, toViewCondition, type QueueViewer } from './queue-conditions.js';
import { readQueueCursor, toPosition, writeQueueCursor, type QueuePosition } from './queue-cursor.js';
import { queueViews, readQueueQuery, type QueueQuery, type QueueView } from './queue-query.js';
import { urgency } from './urgency.js';
import { rankedRequestsSql, walletCoverColumns, type WalletCover } from './wallet-cover.js';

/** One open request as a row of the queue. */
export interface QueueRow extends WalletCover, PoolFits {
  id: string;
  requestId: string;
  partner: string;
  partnerId: string;
  /** Nothing can be assigned to its requests until it is resumed. */
  partnerSuspended: boolean;
  project: string;
  submittedAt: Date;
  dueAt: Date;
  /** Since when its SLA is paused. */
  pausedAt: Date | null;
  /** The share of its 48 working hours that is used: 1 when it is due. */
  dueShare: number;
  /** Absent where it is not overdue or its SLA is paused. */
  overdueMs?: number;
  vertical: string;
  language: string | null;
  geo: string[] | null;
  count: number;
  assignedCount: number;
  status: 'requested';
  version: number;
  /** Whether the wallet holds less than its threshold or, without one, than a month of its live leases. */
  lowBalance: boolean;
  blocker: { kind: BlockerKind; since: Date; lookAgainOn: string | null } | null;
  wokeBecause: UnblockReason | null;
  claimedBy: { staffId: string; name: string; until: Date; mine: boolean } | null;
  lastNote: { body: string; author: string; at: Date } | null;
}

/** Of the whole queue, without filters. */
export interface QueueTotals {
  counts: Record<QueueView, number>;
  openCount: number;
  /** Accounts still to be assigned over all open requests. */
  wantedCount: number;
}

export interface QueuePage extends QueueTotals {
  rows: QueueRow[];
  nextCursor: string | null;
  /** Why money is frozen, while it is. */
  frozenBecause: string | null;
  /** Findings of the last verification of the ledger. */
  booksFaults: string[];
  /** How far the demo's clock is ahead. */
  clockAheadMs: number;
}

/** The database gives times within JSON as text. */
type WithTimesAsText<Part, Time extends keyof NonNullable<Part>> =
  (Omit<NonNullable<Part>, Time> & Record<Time, string>) | null;

interface FoundRow extends Omit<
  QueueRow,
  'dueAt' | 'dueShare' | 'overdueMs' | keyof PoolFits | 'blocker' | 'claimedBy' | 'lastNote'
> {
  dueAt: Date | null;
  blocker: WithTimesAsText<QueueRow['blocker'], 'since'>;
  claimedBy: WithTimesAsText<QueueRow['claimedBy'], 'until'>;
  lastNote: WithTimesAsText<QueueRow['lastNote'], 'at'>;
  synonymOf: string | null;
  sandbox: boolean;
}

const ROWS_PER_PAGE = 50;

/** The open requests, the most urgent first: what staff work through. */
@Injectable()
export class QueueService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly slaCalculator: SlaCalculator,
    private readonly clock: Clock,
    private readonly freeze: MoneyFreeze,
    private readonly verification: LedgerVerificationJob,
    private readonly demoClock: DemoClock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param params the query parameters of an address, unchecked (`QueueQuery`)
   * @throws ValidationFailed on invalid ones, and on a cursor of another view or filter
   */
  async page(caller: StaffCaller, params: Record<string, unknown>): Promise<QueuePage> {
    const { cursor, ...query } = readQueueQuery(params);
    const list = Object.values(query);
    const after = readQueueCursor(cursor, list);
    const now = this.clock.now();
    const viewer = { staffId: caller.staffId, now, leasePriceCents: this.settings.leasePriceCents };
    const [found, totals, { reason }, verification] = await Promise.all([
      this.readRowsAfter(query, viewer, after),
      this.readTotals(viewer),
      this.freeze.state(),
      this.verification.latest(),
    ]);
    const shown = found.slice(0, ROWS_PER_PAGE);
    const fits = await readPoolFits(this.dataSource.manager, shown);
    const last = shown.at(-1);
    return {
      rows: shown.map((row, index) => this.toRow(row, fits[index]!, now)),
      ...totals,
      nextCursor: last && found.length > ROWS_PER_PAGE ? writeQueueCursor(toPosition(last), list) : null,
      frozenBecause: reason,
      booksFaults: verification?.named ?? [],
      clockAheadMs: this.demoClock.state().aheadMs,
    };
  }

  private readRowsAfter(query: QueueQuery, viewer: QueueViewer, after: QueuePosition | null): Promise<FoundRow[]> {
    const { before, where } = toPageConditions(query, viewer, after);
    const { staffId, leasePriceCents } = viewer;
    const partners = sql`(SELECT DISTINCT page.organization_id FROM page) partner`;
    return queryRows<FoundRow>(
      this.dataSource.manager,
      sql`WITH page AS MATERIALIZED (
             ${before}
             SELECT request.id, request.organization_id FROM lease_request request
              WHERE ${where} ORDER BY ${urgency} LIMIT ${literal(ROWS_PER_PAGE + 1)})
       SELECT request.id, request.request_id AS "requestId", organization.name AS partner, organization.id AS "partnerId",
              organization.suspended_at IS NOT NULL AS "partnerSuspended",
              project.name AS project, request.submitted_at AS "submittedAt", request.due_at AS "dueAt", request.paused_at AS "pausedAt",
              request.vertical, request.language, request.geo, request.count, request.assigned_count AS "assignedCount",
              request.status, request.version, ${wokeBecauseSql(viewer.now)} AS "wokeBecause", organization.sandbox,
              mapped.vertical AS "synonymOf",
              ${walletCoverColumns},
              ${isLowSql()} AS "lowBalance",
              CASE WHEN request.blocker IS NOT NULL
                   THEN jsonb_build_object('kind', request.blocker, 'since', request.blocker_since, 'lookAgainOn', request.look_again_on)
              END AS blocker,
              CASE WHEN ${isClaimed}
                   THEN jsonb_build_object('staffId', request.claimed_by, 'name', coalesce(holder.name, 'A colleague'),
                                           'until', request.claimed_until, 'mine', request.claimed_by = ${staffId}::text)
              END AS "claimedBy",
              last_note.note AS "lastNote"
         FROM page
         JOIN (${queueTables}) ON request.id = page.id
         JOIN (${rankedRequestsSql(partners, leasePriceCents)}) ranked ON ranked.id = page.id
         JOIN project ON project.id = request.project_id
         LEFT JOIN vertical_synonym mapped ON mapped.synonym = request.vertical_key
         LEFT JOIN staff_user holder ON holder.id = request.claimed_by
         LEFT JOIN LATERAL (
           SELECT jsonb_build_object('body', left(note.body, 200), 'author', coalesce(staff_user.name, note.author), 'at', note.created_at) AS note
             FROM request_note note LEFT JOIN staff_user ON staff_user.id = note.staff_id
            WHERE note.lease_request_id = request.id AND note.withdrawn_at IS NULL AND note.retired_at IS NULL
            ORDER BY note.id DESC LIMIT 1
         ) last_note ON true
        ORDER BY ${urgency}`,
    );
  }

  private async readTotals(viewer: QueueViewer): Promise<QueueTotals> {
    const counts = queueViews.map(
      (view) => sql`count(*) FILTER (WHERE ${toViewCondition(view, viewer)}) AS ${quoted(view)}`,
    );
    const found = await queryRow<Record<QueueView, number> & { wantedCount: number }>(
      this.dataSource.manager,
      sql`SELECT ${joinSql(counts, ', ')}, coalesce(sum(request.count - request.assigned_count), 0)::bigint AS "wantedCount"
         FROM lease_request request WHERE ${isQueuedSql()}`,
    );
    const { wantedCount, ...byView } = found!;
    return { counts: byView, openCount: byView.all, wantedCount };
  }

  private toRow(found: FoundRow, fits: PoolFits, now: Date): QueueRow {
    const { synonymOf: _synonymOf, sandbox: _sandbox, blocker, claimedBy, lastNote, ...row } = found;
    const dueAt = found.dueAt ?? this.slaCalculator.getDueAt(found.submittedAt);
    const overdueMs = found.pausedAt ? 0 : now.getTime() - dueAt.getTime();
    return {
      ...row,
      dueAt,
      dueShare: this.slaCalculator.getShareUsed({ dueAt, pausedAt: found.pausedAt }, now),
      ...(overdueMs > 0 && { overdueMs }),
      ...fits,
      blocker: blocker && { ...blocker, since: new Date(blocker.since) },
      claimedBy: claimedBy && { ...claimedBy, until: this.clock.toBusinessTime(new Date(claimedBy.until)) },
      lastNote: lastNote && { ...lastNote, at: new Date(lastNote.at) },
    };
  }
}

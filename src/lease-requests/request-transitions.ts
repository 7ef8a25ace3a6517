import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { noSql, queryRows, sql, type Sql } from '../core/sql.js';
import { SlaCalculator, type SlaState } from './sla-calculator.js';
import type { BlockerKind, LeaseRequestStatus, OutcomeReason, UnblockReason } from './lease-request-status.js';
import { noWokeMark } from './lease-request-sql.js';
import type { LockedRequest } from './request-lock.js';
import { RequestNotes } from './request-notes.js';

export interface NewBlocker {
  kind: BlockerKind;
  noteId: string;
  /** The day, `YYYY-MM-DD`, on which the blocker ends without staff. */
  lookAgainOn?: string;
}

export interface EndedBlocker {
  request: LockedRequest;
  /** Why it ended without staff; `null` where they ended it. */
  reason: UnblockReason | null;
}

interface FinalStatus {
  status: Exclude<LeaseRequestStatus, 'requested'>;
  by: 'staff' | 'partner';
  outcomeReason: OutcomeReason | null;
  assignedCount?: number;
}

/** The changes of a locked request. Each increments its version. */
@Injectable()
export class RequestTransitions {
  constructor(
    private readonly sla: SlaCalculator,
    private readonly notes: RequestNotes,
  ) {}

  /** Only increments the version. */
  async touch(em: EntityManager, request: LockedRequest, now: Date): Promise<void> {
    await queryRows(
      em,
      sql`UPDATE lease_request SET version = version + 1, updated_at = ${now} WHERE id = ${request.id}`,
    );
  }

  /** Increments the version for something that staff did which changes nothing else. */
  async noteWork(em: EntityManager, request: LockedRequest, now: Date): Promise<void> {
    await queryRows(
      em,
      sql`UPDATE lease_request SET ${noWokeMark}, version = version + 1, updated_at = ${now} WHERE id = ${request.id}`,
    );
  }

  /** The partner's note keeps the request from being assigned until staff have read it. */
  async addUnreadReply(em: EntityManager, request: LockedRequest, noteId: string): Promise<void> {
    await queryRows(
      em,
      sql`UPDATE lease_request SET unread_reply_id = coalesce(unread_reply_id, ${noteId}) WHERE id = ${request.id}`,
    );
  }

  /** Sets or replaces the blocker. */
  async block(em: EntityManager, request: LockedRequest, blocking: NewBlocker, now: Date): Promise<void> {
    await this.notes.retireBlockerNote(em, request, now);
    const sla = this.sla.applyBlocker(this.getSlaState(request), blocking.kind, now);
    await queryRows(
      em,
      sql`UPDATE lease_request
          SET blocker = ${blocking.kind}, blocker_since = ${now}, blocker_note_id = ${blocking.noteId},
              look_again_on = ${blocking.lookAgainOn ?? null}, ${noWokeMark},
              ${slaColumnsSql(sla)}, version = version + 1, updated_at = ${now}
        WHERE id = ${request.id}`,
    );
  }

  /** @param reason why the blocker ended without staff */
  async unblock(
    em: EntityManager,
    request: LockedRequest,
    now: Date,
    reason: UnblockReason | null = null,
  ): Promise<void> {
    await this.unblockAll(em, [{ request, reason }], now);
  }

  /** {@link unblock} for any number of requests, in one statement. */
  async unblockAll(em: EntityManager, ended: readonly EndedBlocker[], now: Date): Promise<void> {
    const rows = ended.map(({ request, reason }) => ({
      id: request.id,
      noteId: request.blockerNoteId,
      reason,
      ...this.sla.applyBlocker(this.getSlaState(request), null, now),
    }));
    await queryRows(
      em,
      sql`WITH ended AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
              AS ended(id text, "noteId" text, reason text, "dueAt" timestamptz, "pausedAt" timestamptz, "pausedMs" bigint)
          ), note AS (
            UPDATE request_note SET retired_at = ${now} FROM ended WHERE request_note.id = ended."noteId" AND retired_at IS NULL
          )
          UPDATE lease_request
             SET blocker = NULL, blocker_since = NULL, blocker_note_id = NULL, look_again_on = NULL,
                 woke_because = ended.reason, woke_at = CASE WHEN ended.reason IS NOT NULL THEN ${now}::timestamptz END,
                 due_at = ended."dueAt", paused_at = ended."pausedAt", paused_ms = ended."pausedMs",
                 version = version + 1, updated_at = ${now}
            FROM ended WHERE lease_request.id = ended.id`,
    );
  }

  /** Changes the count of assigned accounts, by 0 for a replacement; the status does not change. */
  async changeAssignedCount(em: EntityManager, request: LockedRequest, step: 1 | 0 | -1, now: Date): Promise<void> {
    await queryRows(em, this.changeAssignedCountSql(request, step, now));
  }

  /** @param also further assignments of the UPDATE, each after a comma */
  changeAssignedCountSql(request: LockedRequest, step: 1 | 0 | -1, now: Date, also: Sql = noSql): Sql {
    const pausedMs = this.sla.getPausedMs(this.getSlaState(request), now);
    return sql`UPDATE lease_request
          SET assigned_count = assigned_count + ${step}, ${noWokeMark}, version = version + 1, updated_at = ${now} ${also},
              first_assigned_at = CASE WHEN ${step}::int = 1 THEN coalesce(first_assigned_at, ${now}::timestamptz) ELSE first_assigned_at END,
              first_assigned_paused_ms = CASE WHEN ${step}::int = 1 THEN coalesce(first_assigned_paused_ms, ${pausedMs}::bigint)
                                              ELSE first_assigned_paused_ms END
        WHERE id = ${request.id}`;
  }

  /** Sets the final status; ends the blocker and the claim. */
  async close(em: EntityManager, request: LockedRequest, to: FinalStatus, now: Date): Promise<void> {
    await queryRows(em, this.closeSql(request, to, now));
  }

  closeSql(request: LockedRequest, to: FinalStatus, now: Date): Sql {
    const sla = this.sla.applyBlocker(this.getSlaState(request), null, now);
    const assignedCount = to.assignedCount ?? request.assignedCount;
    const retired = request.blockerNoteId
      ? sql`WITH note AS (${this.notes.retireBlockerNoteSql(request, now)})`
      : noSql;
    return sql`${retired} UPDATE lease_request
          SET status = ${to.status}, closed_at = ${now}, closed_by = ${to.by}, outcome_reason = ${to.outcomeReason},
              assigned_count = ${assignedCount}, assigned_at = ${to.status === 'rejected' ? null : now},
              first_assigned_at = CASE WHEN ${assignedCount}::int > 0 THEN coalesce(first_assigned_at, ${now}::timestamptz)
                                       ELSE first_assigned_at END,
              first_assigned_paused_ms = CASE WHEN ${assignedCount}::int > 0 THEN coalesce(first_assigned_paused_ms, ${sla.pausedMs}::bigint)
                                              ELSE first_assigned_paused_ms END,
              blocker = NULL, blocker_since = NULL, blocker_note_id = NULL, look_again_on = NULL, ${noWokeMark},
              claimed_by = NULL, claimed_until = NULL, ${slaColumnsSql(sla)}, version = version + 1, updated_at = ${now}
        WHERE id = ${request.id}`;
  }

  /** Sets the due time and the compared vertical of a request that an older version has written. */
  async backfill(em: EntityManager, request: LockedRequest, verticalKey: string, now: Date): Promise<void> {
    const sla = this.sla.applyBlocker(this.getSlaState(request), request.blocker, now);
    await queryRows(
      em,
      sql`UPDATE lease_request SET vertical_key = ${verticalKey}, ${slaColumnsSql(sla)} WHERE id = ${request.id}`,
    );
  }

  private getSlaState(request: LockedRequest): SlaState {
    const { dueAt, pausedAt, pausedMs, submittedAt, blocker, blockerSince } = request;
    if (dueAt) return { dueAt, pausedAt, pausedMs };
    // From a version without due times: a pausing blocker has paused it since it was set.
    const running = { dueAt: this.sla.getDueAt(submittedAt), pausedAt: null, pausedMs: 0 };
    return blockerSince ? this.sla.applyBlocker(running, blocker, blockerSince) : running;
  }
}

function slaColumnsSql({ dueAt, pausedAt, pausedMs }: SlaState): Sql {
  return sql`due_at = ${dueAt}, paused_at = ${pausedAt}, paused_ms = ${pausedMs}`;
}

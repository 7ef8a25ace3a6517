import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { queryRows } from '../core/sql.js';
import { SlaCalculator, type SlaState } from './sla-calculator.js';
import type { BlockerKind, LeaseRequestStatus, OutcomeReason, UnblockReason } from './lease-request-status.js';
import type { LockedRequest } from './request-lock.js';
import { RequestNotes } from './request-notes.js';

/** What blocks a request, the note that says so, and the day it wakes by itself. */
export interface NewBlocker {
  kind: BlockerKind;
  noteId: string;
  lookAgainOn?: string;
}

/** The changes of a request's row while it is locked. Each one counts the version up. */
@Injectable()
export class RequestTransitions {
  constructor(
    private readonly clock: SlaCalculator,
    private readonly notes: RequestNotes,
  ) {}

  /** Something was written on it; nothing else changes. */
  async touch(em: EntityManager, request: LockedRequest, now: Date): Promise<void> {
    await queryRows(em, 'UPDATE lease_request SET version = version + 1, updated_at = $2 WHERE id = $1', [
      request.id,
      now,
    ]);
  }

  /** Sets the blocker, in place of the one before, whose note retires. */
  async block(em: EntityManager, request: LockedRequest, blocking: NewBlocker, now: Date): Promise<void> {
    await this.notes.retireBlockerNote(em, request, now);
    const clock = this.clock.addWorkingTime(this.readSlaState(request), blocking.kind, now);
    await queryRows(
      em,
      `UPDATE lease_request
          SET blocker = $3, blocker_since = $2, blocker_note_id = $4, look_again_on = $5, woke_because = NULL, woke_at = NULL,
              due_at = $6, paused_at = $7, paused_ms = $8, version = version + 1, updated_at = $2
        WHERE id = $1`,
      [request.id, now, blocking.kind, blocking.noteId, blocking.lookAgainOn ?? null, ...values(clock)],
    );
  }

  /** Ends the blocker and retires its note. @param woke why, where it ended by itself */
  async unblock(
    em: EntityManager,
    request: LockedRequest,
    now: Date,
    woke: UnblockReason | null = null,
  ): Promise<void> {
    await this.notes.retireBlockerNote(em, request, now);
    const clock = this.clock.addWorkingTime(this.readSlaState(request), null, now);
    await queryRows(
      em,
      `UPDATE lease_request
          SET blocker = NULL, blocker_since = NULL, blocker_note_id = NULL, look_again_on = NULL,
              woke_because = $3, woke_at = CASE WHEN $3::text IS NOT NULL THEN $2::timestamptz END,
              due_at = $4, paused_at = $5, paused_ms = $6, version = version + 1, updated_at = $2
        WHERE id = $1`,
      [request.id, now, woke, ...values(clock)],
    );
  }

  /** One more or one less assigned, or another one in its place; the request stays as open or closed as it is. */
  async count(em: EntityManager, request: LockedRequest, step: 1 | 0 | -1, now: Date): Promise<void> {
    await queryRows(
      em,
      `UPDATE lease_request
          SET assigned_count = assigned_count + $2, version = version + 1, updated_at = $3,
              first_assigned_at = CASE WHEN $2 = 1 THEN coalesce(first_assigned_at, $3) ELSE first_assigned_at END,
              first_assigned_paused_ms = CASE WHEN $2 = 1 THEN coalesce(first_assigned_paused_ms, $4::bigint) ELSE first_assigned_paused_ms END
        WHERE id = $1`,
      [request.id, step, now, this.clock.getPausedMs(this.readSlaState(request), now)],
    );
  }

  /** Gives the request its final status; ends what blocked it, and whoever's claim. */
  async close(
    em: EntityManager,
    request: LockedRequest,
    to: {
      status: Exclude<LeaseRequestStatus, 'requested'>;
      by: 'staff' | 'partner';
      outcomeReason: OutcomeReason | null;
      assignedCount?: number;
    },
    now: Date,
  ): Promise<void> {
    await this.notes.retireBlockerNote(em, request, now);
    const clock = this.clock.addWorkingTime(this.readSlaState(request), null, now);
    await queryRows(
      em,
      `UPDATE lease_request
          SET status = $3, closed_at = $2, closed_by = $4, outcome_reason = $5, assigned_count = $6,
              assigned_at = CASE WHEN $3 <> 'rejected' THEN $2::timestamptz END,
              first_assigned_at = CASE WHEN $6 > 0 THEN coalesce(first_assigned_at, $2) ELSE first_assigned_at END,
              first_assigned_paused_ms = CASE WHEN $6 > 0 THEN coalesce(first_assigned_paused_ms, $9) ELSE first_assigned_paused_ms END,
              blocker = NULL, blocker_since = NULL, blocker_note_id = NULL, look_again_on = NULL, woke_because = NULL, woke_at = NULL,
              claimed_by = NULL, claimed_until = NULL,
              due_at = $7, paused_at = $8, paused_ms = $9, version = version + 1, updated_at = $2
        WHERE id = $1`,
      [
        request.id,
        now,
        to.status,
        to.by,
        to.outcomeReason,
        to.assignedCount ?? request.assignedCount,
        ...values(clock),
      ],
    );
  }

  /** Completes what a version before that knew neither due times nor comparable verticals has written. */
  async fillIn(em: EntityManager, request: LockedRequest, verticalKey: string, now: Date): Promise<void> {
    const clock = this.clock.addWorkingTime(this.readSlaState(request), request.blocker, now);
    await queryRows(
      em,
      `UPDATE lease_request SET vertical_key = coalesce(vertical_key, $2), due_at = $3, paused_at = $4, paused_ms = $5
        WHERE id = $1`,
      [request.id, verticalKey, ...values(clock)],
    );
  }

  private readSlaState(request: LockedRequest): SlaState {
    const { dueAt, pausedAt, pausedMs, submittedAt, blocker, blockerSince } = request;
    if (dueAt) return { dueAt, pausedAt, pausedMs };
    // It came before there were due times: its clock has stood still since it was blocked, if it does.
    const running = { dueAt: this.clock.dueAt(submittedAt), pausedAt: null, pausedMs: 0 };
    return blockerSince ? this.clock.addWorkingTime(running, blocker, blockerSince) : running;
  }
}

function values({ dueAt, pausedAt, pausedMs }: SlaState): unknown[] {
  return [dueAt, pausedAt, pausedMs];
}

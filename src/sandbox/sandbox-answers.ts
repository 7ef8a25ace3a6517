import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict, WalletShort, type ConflictReason } from '../core/errors.js';
import type { LeaseRequestId } from '../core/ids.js';
import { queryRows, sql, type Sql } from '../core/sql.js';
import { FulfillmentService } from '../fulfillment/fulfillment.service.js';
import { ReviewService } from '../fulfillment/review.service.js';
import { planAnswer, type AnsweredRequest, type AnswerKind } from './answer-plan.js';
import { SandboxAccounts } from './sandbox-accounts.js';

interface OpenRequest extends AnsweredRequest {
  id: LeaseRequestId;
  organizationId: string;
  language: string | null;
  geo: string[] | null;
  version: number;
  ordinal: number;
  unreadReplyId: string | null;
  newestReplyId: string | null;
}

/** The partner has changed the request meanwhile: it is read again. */
const changedReasons: readonly ConflictReason[] = ['stale', 'request_closed', 'reply_unread'];

const notes = {
  partial: 'The sandbox has no more accounts for this request.',
  reject: 'The sandbox rejects requests for this vertical.',
  blocked: 'Which audience is it for? Reply with a note, and the sandbox goes on.',
  walletShort: 'The wallet does not cover another account.',
};

/** Answers the requests of sandboxes as staff would, through the same services. */
@Injectable()
export class SandboxAnswers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly fulfillment: FulfillmentService,
    private readonly review: ReviewService,
    private readonly accounts: SandboxAccounts,
    private readonly clock: Clock,
  ) {}

  /** The sandboxes with a request that does not wait for its partner. */
  async listPending(): Promise<string[]> {
    const found = await queryRows<{ id: string }>(
      this.dataSource.manager,
      sql`SELECT DISTINCT request.organization_id AS id
            FROM lease_request request JOIN organization ON organization.id = request.organization_id
           WHERE request.sandbox AND request.status = 'requested' AND request.blocker IS NULL AND organization.suspended_at IS NULL
           ORDER BY 1`,
    );
    return found.map(({ id }) => id);
  }

  /** When the next answer of a sandbox is due, by its own clock; `null` where its requests wait for their partner. */
  async findNextDue(organizationId: string): Promise<Date | null> {
    const open = await this.readOpen(sql`request.organization_id = ${organizationId}`);
    const times = open.flatMap((request) => planAnswer(request)?.dueAt.getTime() ?? []);
    return times.length > 0 ? new Date(Math.min(...times)) : null;
  }

  /**
   * Gives every answer that is due by the clock of the work, in the order in which the requests came.
   * @param canGoOn asked before each answer
   */
  async answerDue(caller: SystemCaller, organizationId: string, canGoOn: () => Promise<boolean>): Promise<void> {
    for (const { id } of await this.readOpen(sql`request.organization_id = ${organizationId}`)) {
      // All accounts of a request that come together have the same time.
      await this.clock.hold(async () => {
        while ((await canGoOn()) && (await this.answerNext(caller, id)));
      });
    }
  }

  /** @returns whether there may be more to answer at once */
  private async answerNext(caller: SystemCaller, id: LeaseRequestId): Promise<boolean> {
    const [request] = await this.readOpen(sql`request.id = ${id}`);
    const answer = request && planAnswer(request);
    if (!answer || answer.dueAt > this.clock.now()) return false;
    try {
      await this.give(caller, request, answer.kind);
    } catch (error) {
      if (error instanceof Conflict && changedReasons.includes(error.details.reason)) return true;
      throw error;
    }
    return true;
  }

  private async give(caller: SystemCaller, request: OpenRequest, kind: AnswerKind): Promise<unknown> {
    const { id: leaseRequestId, version } = request;
    const command = { leaseRequestId, version };
    switch (kind) {
      case 'assign':
        return this.assign(caller, request);
      case 'closeShort':
        return this.review.closePartial(caller, { ...command, note: notes.partial, outcomeReason: 'no_inventory' });
      case 'reject':
        return this.review.reject(caller, { ...command, note: notes.reject, outcomeReason: 'policy' });
      case 'block':
        return this.review.note(caller, {
          ...command,
          body: notes.blocked,
          visibility: 'partner',
          blocker: 'needs_clarification',
        });
    }
  }

  private async assign(caller: SystemCaller, request: OpenRequest): Promise<unknown> {
    const { id: leaseRequestId, version, unreadReplyId, newestReplyId } = request;
    if (unreadReplyId !== null && newestReplyId !== null) {
      await this.review.readReply(caller, { leaseRequestId, noteId: newestReplyId });
    }
    const socialAccountId = await this.accounts.provide(caller, { ...request, place: request.assignedCount + 1 });
    try {
      return await this.fulfillment.assign(caller, { leaseRequestId, socialAccountId, version });
    } catch (error) {
      if (!(error instanceof WalletShort)) throw error;
      const command = { leaseRequestId, version, note: notes.walletShort, outcomeReason: 'wallet_short' as const };
      return request.assignedCount > 0
        ? this.review.closePartial(caller, command)
        : this.review.reject(caller, command);
    }
  }

  private readOpen(condition: Sql): Promise<OpenRequest[]> {
    return queryRows<OpenRequest>(
      this.dataSource.manager,
      sql`SELECT request.id, request.organization_id AS "organizationId", request.vertical, request.language, request.geo, request.count,
                 request.assigned_count AS "assignedCount", request.submitted_at AS "submittedAt", request.version,
                 request.blocker IS NOT NULL AS "isBlocked", request.unread_reply_id AS "unreadReplyId",
                 EXISTS (SELECT FROM request_note note
                          WHERE note.lease_request_id = request.id AND note.blocker IS NOT NULL) AS "wasBlocked",
                 (SELECT max(note.id COLLATE "C") FROM request_note note
                   WHERE note.lease_request_id = request.id AND note.author = 'partner') AS "newestReplyId",
                 (SELECT count(*) FROM lease_request earlier
                   WHERE earlier.organization_id = request.organization_id
                     AND (earlier.submitted_at, earlier.id) <= (request.submitted_at, request.id)) AS ordinal
            FROM lease_request request
           WHERE request.sandbox AND request.status = 'requested' AND ${condition}
           ORDER BY request.submitted_at, request.id`,
    );
  }
}

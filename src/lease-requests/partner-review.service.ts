import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { NotFound } from '../core/errors.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { lockRequest, assertOpen, type LockedRequest } from './request-lock.js';
import { RequestTransitions } from './request-transitions.js';
import { ProjectAccess } from '../partners/project-access.js';
import type { Reply } from '../partner-api/reply.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { CancelLeaseRequest, NoteOnLeaseRequest } from './dto/review-lease-request.js';
import { LeaseRequestEvents } from './lease-request-events.js';
import { LeaseRequestsService } from './lease-requests.service.js';
import type { PartnerNoteReceipt } from './lease-request.view.js';

/** Notes and cancellations by partners, on their own open requests. */
@Injectable()
export class PartnerReviewService {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly projects: ProjectAccess,
    private readonly requests: LeaseRequestsService,
    private readonly transitions: RequestTransitions,
    private readonly requestEvents: LeaseRequestEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Adds a note; it ends a `needs_clarification` blocker. @throws NotFound, Conflict when the request is final */
  async note(caller: PartnerCaller, input: NoteOnLeaseRequest): Promise<Reply> {
    if (input.path.projectId) await this.projects.assertOwn(caller, input.path.projectId);
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 201, async () => {
        const request = await this.lockOwn(em, caller, input.path);
        assertOpen(request);
        return { result: await this.addNote(em, caller, request, input.body.body) };
      }),
    );
  }

  /** Closes the request: `rejected` where nothing was assigned, else `partial`. @throws NotFound, Conflict when it is final already */
  async cancel(caller: PartnerCaller, input: CancelLeaseRequest): Promise<Reply> {
    if (input.path.projectId) await this.projects.assertOwn(caller, input.path.projectId);
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const request = await this.lockOwn(em, caller, input.path);
        assertOpen(request);
        const now = this.clock.now();
        const status = request.assignedCount === 0 ? 'rejected' : 'partial';
        await this.transitions.close(em, request, { status, by: 'partner', outcomeReason: 'cancelled' }, now);
        await this.audit.record(em, caller, {
          ...toAuditObject(request, request.id),
          type: 'lease_request.cancelled',
          data: { requestId: request.partnerRequestId, status },
          internal: {
            reason: input.body.reason ?? null,
            version: request.version + 1,
            before: { status: request.status, blocker: request.blocker },
            after: { status, blocker: null },
          },
        });
        await this.requestEvents.record(em, request);
        return { result: await this.requests.view(em, caller, request.partnerRequestId) };
      }),
    );
  }

  private async addNote(
    em: EntityManager,
    caller: PartnerCaller,
    request: LockedRequest,
    body: string,
  ): Promise<PartnerNoteReceipt> {
    const now = this.clock.now();
    const noteId = newId('note');
    await queryRows(
      em,
      sql`INSERT INTO request_note (id, lease_request_id, author, body, visibility, created_at)
       VALUES (${noteId}, ${request.id}, 'partner', ${body}, 'partner', ${now})`,
    );
    const isReply = request.blocker === 'needs_clarification';
    if (isReply) await this.transitions.unblock(em, request, now, 'partner_reply');
    else await this.transitions.touch(em, request, now);
    await this.transitions.addUnreadReply(em, request, noteId);
    await this.audit.record(em, caller, {
      ...toAuditObject(request, noteId),
      type: 'lease_request.noted',
      data: { requestId: request.partnerRequestId, noteId },
      internal: {
        body,
        version: request.version + 1,
        ...(isReply && { woke: 'partner_reply', before: { blocker: request.blocker }, after: { blocker: null } }),
      },
    });
    await this.requestEvents.record(em, request);
    return { noteId, requestId: request.partnerRequestId, body, createdAt: now.toISOString() };
  }

  private async lockOwn(
    em: EntityManager,
    caller: PartnerCaller,
    { requestId, projectId = null }: { requestId: string; projectId?: string | null },
  ): Promise<LockedRequest> {
    const own = await queryRow<{ id: LeaseRequestId }>(
      em,
      sql`SELECT id FROM lease_request
        WHERE organization_id = ${caller.organizationId} AND request_id = ${requestId}
          AND (${projectId}::text IS NULL OR project_id = ${projectId}::text)`,
    );
    if (!own) throw new NotFound('This lease request');
    return lockRequest(em, own.id);
  }
}

function toAuditObject(request: LockedRequest, objectId: string) {
  return {
    organizationId: request.organizationId,
    projectId: request.projectId,
    leaseRequestId: request.id,
    objectId,
  };
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { VerticalsService, type MapVertical } from '../account-pool/verticals.service.js';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { SlaCalculator } from '../lease-requests/sla-calculator.js';
import { outcomeByBlocker, type BlockerKind, type OutcomeReason } from '../lease-requests/lease-request-status.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { AddNote, ClearBlocker, CloseRequest, MapRequestedVertical, NoteRef, ReadReply } from './commands.js';
import { RequestRef } from '../lease-requests/commands.js';
import { LeaseRequestEvents } from '../lease-requests/lease-request-events.js';
import { noWokeMark } from '../lease-requests/lease-request-sql.js';
import { lockRequest, assertCurrent, assertOpen, type LockedRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { RequestNotes, type StoredNote } from '../lease-requests/request-notes.js';

/** Notes and blockers of a request, and closing it before all accounts are assigned. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly transactions: Transactions,
    private readonly notes: RequestNotes,
    private readonly claims: ClaimsService,
    private readonly transitions: RequestTransitions,
    private readonly verticals: VerticalsService,
    private readonly requestEvents: LeaseRequestEvents,
    private readonly audit: AuditService,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
    private readonly slaCalculator: SlaCalculator,
  ) {}

  /**
   * Adds a note. With a blocker, sets it too and retires the note of the blocker before.
   * @throws Conflict when a blocker is set on a closed request, or the request has changed since it was read; ValidationFailed, NotFound
   */
  async note(caller: Insider, input: AddNote): Promise<{ noteId: string }> {
    assertAllowed(caller, 'note');
    const command = validated(AddNote, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      const { blocker, lookAgainOn } = command;
      if (lookAgainOn && lookAgainOn < this.slaCalculator.toBusinessDay(this.clock.now())) {
        throw new ValidationFailed([{ path: 'lookAgainOn', message: 'must not be in the past' }]);
      }
      if (blocker) {
        assertOpen(request);
        await this.claims.ensureClaimed(em, caller, request);
      } else if (lookAgainOn) {
        throw new ValidationFailed([{ path: 'lookAgainOn', message: 'must come with a blocker' }]);
      } else {
        await this.claims.renew(em, caller, request);
      }
      await assertCurrent(em, request, command.version);
      const now = this.clock.now();
      const noteId = await this.notes.add(em, request, { ...command, staffId: getActorId(caller), at: now });
      if (blocker) {
        await this.transitions.block(em, request, { kind: blocker, noteId, lookAgainOn }, now);
        this.events.publish(em, 'requestBlocked', { leaseRequestId: request.id });
      } else {
        await this.transitions.noteWork(em, request, now);
      }
      await this.record(em, caller, request, 'lease_request.noted', noteId, {
        visibility: command.visibility,
        body: command.body.trim(),
        before: { blocker: request.blocker },
        after: { blocker: command.blocker ?? request.blocker },
      });
      return { noteId };
    });
  }

  /** Hides a staff note from the partner; the audit log keeps it. @throws NotFound; Conflict when it is withdrawn already */
  async withdrawNote(caller: Insider, input: NoteRef): Promise<{ noteId: string }> {
    assertAllowed(caller, 'withdrawNote');
    const command = validated(NoteRef, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      const note = await this.notes.read(em, request, command.noteId);
      if (note.author === 'partner') throw new Conflict('not_allowed_now', "A partner's own note cannot be withdrawn.");
      if (note.withdrawnAt)
        throw new Conflict('not_allowed_now', 'This note has already been withdrawn; nothing was changed.');
      await this.claims.ensureClaimed(em, caller, request);
      const now = this.clock.now();
      await queryRows(em, sql`UPDATE request_note SET withdrawn_at = ${now} WHERE id = ${note.id}`);
      await this.transitions.touch(em, request, now);
      await this.record(em, caller, request, 'lease_request.note_withdrawn', note.id, {
        body: note.body,
        before: { withdrawnAt: null },
        after: { withdrawnAt: now },
      });
      return { noteId: note.id };
    });
  }

  /**
   * Makes an internal note visible to the partner, as if it had been written so. They may have read it before it is withdrawn.
   * @throws NotFound; Conflict where it is visible already, withdrawn, or its blocker is over
   */
  async showNote(caller: Insider, input: NoteRef): Promise<{ noteId: string }> {
    assertAllowed(caller, 'note');
    const command = validated(NoteRef, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      const note = await this.notes.read(em, request, command.noteId);
      const reason = explainNotShowable(note);
      if (reason) throw new Conflict('not_allowed_now', `${reason}; nothing was changed.`);
      await this.claims.renew(em, caller, request);
      await queryRows(em, sql`UPDATE request_note SET visibility = 'partner' WHERE id = ${note.id}`);
      await this.transitions.noteWork(em, request, this.clock.now());
      await this.record(em, caller, request, 'lease_request.note_shown', note.id, {
        body: note.body,
        before: { visibility: 'internal' },
        after: { visibility: 'partner' },
      });
      return { noteId: note.id };
    });
  }

  /** Ends the blocker and retires its note. @throws Conflict when nothing blocks the request, or it has changed since it was read */
  async clearBlocker(caller: Insider, input: ClearBlocker): Promise<{ blocker: BlockerKind }> {
    assertAllowed(caller, 'clearBlocker');
    const command = validated(ClearBlocker, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertOpen(request);
      await this.claims.ensureClaimed(em, caller, request);
      await assertCurrent(em, request, command.version);
      const { blocker } = request;
      if (!blocker) throw new Conflict('not_allowed_now', 'Nothing blocks this request; nothing was changed.');
      await this.transitions.unblock(em, request, this.clock.now());
      await this.record(em, caller, request, 'lease_request.blocker_cleared', request.id, {
        before: { blocker },
        after: { blocker: null },
      });
      return { blocker };
    });
  }

  /** Clears why the request was unblocked, since a staff member has opened it. The version stays. @throws NotFound */
  async acknowledgeUnblock(caller: Insider, input: RequestRef): Promise<void> {
    assertAllowed(caller, 'clearBlocker');
    const command = validated(RequestRef, input);
    await this.transactions.run(async (em) => {
      // Without lockRequest: most requests that are opened were not unblocked, so nothing is written and no lock waited for.
      const id = command.leaseRequestId;
      const cleared = await queryRows(
        em,
        sql`UPDATE lease_request SET ${noWokeMark}
          WHERE id = ${id} AND woke_because IS NOT NULL RETURNING id`,
      );
      if (cleared.length > 0) return;
      if (!(await queryRow(em, sql`SELECT id FROM lease_request WHERE id = ${id}`))) throw new NotFound('This request');
    });
  }

  /** Notes that a staff member has read the partner's replies up to one. The version stays. @throws NotFound */
  async readReply(caller: Insider, input: ReadReply): Promise<void> {
    assertAllowed(caller, 'note');
    const { leaseRequestId: id, noteId } = validated(ReadReply, input);
    await this.transactions.run(async (em) => {
      const request = await lockRequest(em, id);
      if (request.unreadReplyId === null) return;
      await queryRows(
        em,
        sql`UPDATE lease_request
            SET unread_reply_id = (SELECT min(note.id COLLATE "C") FROM request_note note
                                    WHERE note.lease_request_id = ${id} AND note.author = 'partner'
                                      AND note.id COLLATE "C" > ${noteId}::text)
          WHERE id = ${id} AND unread_reply_id COLLATE "C" <= ${noteId}::text`,
      );
    });
  }

  /**
   * Makes the vertical of this request a synonym of a known one, for all requests.
   * @throws Conflict when the request is closed, a colleague has claimed it, or it is a synonym of another vertical; ValidationFailed, NotFound
   */
  async mapVertical(caller: Insider, input: MapRequestedVertical): Promise<MapVertical> {
    assertAllowed(caller, 'editAccounts');
    const command = validated(MapRequestedVertical, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertOpen(request);
      await this.claims.ensureClaimed(em, caller, request);
      return this.verticals.mapOnce(em, caller, { synonym: request.vertical, vertical: command.vertical });
    });
  }

  /** Closes a request with fewer accounts than wanted. @throws Conflict when nothing is assigned yet, or it is closed */
  async closePartial(caller: Insider, command: CloseRequest) {
    assertAllowed(caller, 'closePartial');
    return this.close(caller, command, 'partial', (request) => {
      if (request.assignedCount === 0) {
        throw new Conflict(
          'not_allowed_now',
          'Nothing is assigned yet, so there is nothing to close short: reject it instead.',
        );
      }
    });
  }

  /** Closes a request without any account. @throws Conflict when something is assigned, or it is closed */
  async reject(caller: Insider, command: CloseRequest) {
    assertAllowed(caller, 'reject');
    return this.close(caller, command, 'rejected', (request) => {
      if (request.assignedCount > 0) {
        throw new Conflict(
          'not_allowed_now',
          `${request.assignedCount} of ${request.count} are assigned: close it short instead, or undo them first.`,
        );
      }
    });
  }

  private close(
    caller: Insider,
    input: CloseRequest,
    status: 'partial' | 'rejected',
    assertClosable: (request: LockedRequest) => void,
  ): Promise<{ status: 'partial' | 'rejected'; outcomeReason: OutcomeReason }> {
    const command = validated(CloseRequest, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertOpen(request);
      await this.claims.ensureClaimed(em, caller, request);
      await assertCurrent(em, request, command.version);
      assertClosable(request);
      const now = this.clock.now();
      const defaultReason = request.blocker ? outcomeByBlocker[request.blocker] : 'other';
      const outcomeReason = command.outcomeReason ?? defaultReason;
      const note = { body: command.note, visibility: 'partner' as const, staffId: getActorId(caller), at: now };
      const noteId = await this.notes.add(em, request, note);
      await this.transitions.close(em, request, { status, by: 'staff', outcomeReason }, now);
      const internal = {
        ...{ noteId, body: command.note, outcomeReason },
        before: { status: request.status, blocker: request.blocker },
        after: { status, blocker: null },
      };
      const { count, assignedCount } = request;
      const data = { status, outcomeReason, count, assignedCount };
      await this.record(em, caller, request, `lease_request.${status}`, request.id, internal, data);
      return { status, outcomeReason };
    });
  }

  /** In the audit log, and for the partner where the partner sees the change. */
  private async record(
    em: EntityManager,
    caller: Insider,
    request: LockedRequest,
    type: Parameters<AuditService['record']>[2]['type'],
    objectId: string,
    internal: Record<string, unknown>,
    data: Record<string, unknown> = {},
  ): Promise<void> {
    const isOfNote = objectId !== request.id;
    await this.audit.record(em, caller, {
      type,
      organizationId: request.organizationId,
      projectId: request.projectId,
      leaseRequestId: request.id,
      objectId,
      data: { requestId: request.partnerRequestId, ...(isOfNote && { noteId: objectId }), ...data },
      internal: { ...internal, version: request.version + 1 },
    });
    await this.requestEvents.record(em, request);
  }
}

function explainNotShowable({ visibility, withdrawnAt, retiredAt }: StoredNote): string | null {
  if (visibility === 'partner') return 'This note is already visible to the partner';
  if (withdrawnAt) return 'This note was withdrawn';
  return retiredAt ? 'The blocker of this note has ended' : null;
}

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StaffCaller } from '../audit/actor.js';
import { candidatesFor, searchPool, type Candidate, type Wish } from '../account-pool/matching.js';
import { Clock } from '../common/clock.js';
import { NotFound } from '../common/errors.js';
import { isOpen } from '../lease-requests/lease-request-status.js';
import { renewalAfter } from '../leases/billing-calendar.js';
import { isLive, type LeaseStatus } from '../leases/lease-lifecycle.js';
import { may } from '../staff/permissions.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { eventSentence } from './event-sentence.js';
import { assignedOf, eventsOf, notesOf, requestOf, type RequestPart } from './request-parts.js';
import { undoUntil } from './undo-window.js';

/** Everything the request page shows, as far as this staff member may see and do it. Times are ISO 8601 in JSON, money is cents. */
export type FulfilView = Awaited<ReturnType<FulfilmentViewService['view']>>;

/** What staff look at while they fulfil a request. Reads only. */
@Injectable()
export class FulfilmentViewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly clock: Clock,
  ) {}

  /**
   * @param requestId our `lreq_…`
   * @param search words to look for in the whole pool
   * @throws NotFound
   */
  async view(caller: StaffCaller, requestId: string, search?: string) {
    const em = this.dataSource.manager;
    const { wish, ...request } = await this.request(em, requestId);
    const open = isOpen(request.status);
    const words = search?.trim();
    const [wallet, candidates, pool, assigned, notes, events] = await Promise.all([
      this.wallets.summary(em, request.partner.id),
      open ? candidatesFor(em, wish) : [],
      open && words ? searchPool(em, wish, words) : [],
      assignedOf(em, requestId),
      notesOf(em, requestId),
      eventsOf(em, requestId),
    ]);
    const now = this.clock.now();
    const withUndo = assigned.map((lease) => ({ ...lease, ...undoOf(caller, lease, now) }));
    return {
      request,
      wallet,
      candidates,
      pool,
      assigned: withUndo,
      notes: notes.map((note) => ({ ...note, canWithdraw: canWithdraw(caller, note) })),
      events: events.map((event) => ({ ...event, text: eventSentence(event) })),
      firstRenewalAt: renewalAfter(now, now.getUTCDate(), 1),
      may: {
        assign: open && may(caller.role, 'assign') && !request.partner.suspended,
        note: may(caller.role, 'note'),
        withdrawNote: may(caller.role, 'withdrawNote'),
        clearBlocker: open && request.blocker !== null && may(caller.role, 'clearBlocker'),
        closePartial: open && request.assignedCount > 0 && may(caller.role, 'closePartial'),
        reject: open && request.assignedCount === 0 && may(caller.role, 'reject'),
        undoAssign: withUndo.some((lease) => lease.canUndo),
        disconnect: may(caller.role, 'disconnect') && assigned.some(isLive),
      },
    };
  }

  private async request(em: EntityManager, id: string): Promise<RequestPart & { wish: Wish }> {
    const request = await requestOf(em, id);
    if (!request) throw new NotFound('This request');
    const { vertical, language, geo, partner } = request;
    return { ...request, wish: { vertical, language, geo, sandbox: partner.sandbox } };
  }
}

function undoOf(
  caller: StaffCaller,
  lease: { assignedAt: Date; assignedById: string; status: LeaseStatus },
  now: Date,
) {
  const until = isLive(lease)
    ? undoUntil(caller, { assignedAt: lease.assignedAt, assignedBy: lease.assignedById })
    : null;
  return { canUndo: until !== null && now <= until, undoUntil: until };
}

function canWithdraw(caller: StaffCaller, note: { author: { kind: string }; withdrawnAt: Date | null }): boolean {
  return may(caller.role, 'withdrawNote') && note.author.kind === 'staff' && note.withdrawnAt === null;
}

export type { Candidate };

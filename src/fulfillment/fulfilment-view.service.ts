import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StaffCaller } from '../audit/actor.js';
import { candidatesFor, normalVertical, searchPool, type Wish } from '../account-pool/matching.js';
import { VerticalsService, type CloseVertical } from '../account-pool/verticals.service.js';
import { Clock } from '../common/clock.js';
import { NotFound } from '../common/errors.js';
import { DueClock } from '../lease-requests/due-clock.js';
import { isOpen } from '../lease-requests/lease-request-status.js';
import { renewalAfter } from '../leases/billing-calendar.js';
import { isLive, type LeaseStatus } from '../leases/lease-lifecycle.js';
import { may } from '../staff/permissions.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { runsDryAt } from '../wallets/runway.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { marked } from './candidate-marks.js';
import { eventSentence } from './event-sentence.js';
import { whyNoPlace } from './lease-place.js';
import { assignedOf, eventsOf, notesOf, requestOf, type RequestPart } from './request-parts.js';
import { livingOf, otherRequestsOf } from './same-partner.js';
import { undoUntil } from './undo-window.js';

/** What staff look at while they fulfil a request. Reads only. */
@Injectable()
export class FulfilmentViewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly freeze: MoneyFreeze,
    private readonly verticals: VerticalsService,
    private readonly dueClock: DueClock,
    private readonly clock: Clock,
  ) {}

  /**
   * Everything the request page shows, as far as this staff member may see and do it. Times are ISO 8601 in JSON, money is cents.
   * @param requestId our `lreq_…`
   * @param search words to look for in the whole pool
   * @throws NotFound
   */
  async view(caller: StaffCaller, requestId: string, search?: string) {
    const em = this.dataSource.manager;
    const { wish, ...request } = await this.request(em, caller, requestId);
    const open = isOpen(request.status);
    const words = search?.trim();
    const chooses = open || may(caller.role, 'replace');
    const { id: organizationId } = request.partner;
    const [wallet, { reason }, living, others, candidates, pool, assigned, notes, events] = await Promise.all([
      this.wallets.summary(em, organizationId),
      this.freeze.state(),
      livingOf(em, organizationId),
      otherRequestsOf(em, organizationId, requestId),
      chooses ? candidatesFor(em, wish).then((found) => marked(em, organizationId, found)) : [],
      chooses && words ? searchPool(em, wish, words).then((found) => marked(em, organizationId, found)) : [],
      assignedOf(em, requestId),
      notesOf(em, requestId),
      eventsOf(em, requestId),
    ]);
    const now = this.clock.now();
    const replaces = may(caller.role, 'replace') && !request.partner.suspended;
    const withUndo = assigned.map((lease) => ({
      ...lease,
      ...undoOf(caller, lease, now),
      canReplace: replaces && whyNoPlace(request, lease, now) === null,
    }));
    return {
      request,
      wallet: {
        ...wallet,
        dues: living.dues,
        runsDryAt: runsDryAt(wallet.balanceCents - wallet.owedCents, living.dues),
      },
      /** Why money is frozen, while it is. */
      frozenBecause: reason,
      samePartner: { openRequests: others, liveLeases: wallet.liveLeases, since: living.since },
      candidates,
      pool,
      assigned: withUndo,
      notes: notes.map((note) => ({ ...note, canWithdraw: canWithdraw(caller, note) })),
      events: events.map((event) => ({ ...event, text: eventSentence(event) })),
      firstRenewalAt: renewalAfter(now, now.getUTCDate(), 1),
      anchorDay: now.getUTCDate(),
      may: {
        assign: open && may(caller.role, 'assign') && !request.partner.suspended,
        claim: open && may(caller.role, 'claim'),
        replace: withUndo.some((lease) => lease.canReplace),
        mapVertical: open && may(caller.role, 'editAccounts'),
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

  private async request(em: EntityManager, caller: StaffCaller, id: string) {
    const request = await requestOf(em, id);
    if (!request) throw new NotFound('This request');
    const { vertical, language, geo, partner, claim } = request;
    const synonymOf = await this.verticals.synonymOf(em, vertical);
    const wish: Wish = { vertical, synonymOf, language, geo, sandbox: partner.sandbox };
    return {
      ...request,
      ...this.clockOf(request),
      claim: claim && {
        ...claim,
        until: this.clock.inBusinessTime(new Date(claim.until)),
        mine: claim.staffId === caller.staffId,
      },
      synonymOf,
      ...(isOpen(request.status) && !synonymOf ? await this.meaningsOf(em, vertical) : knownVertical),
      wish,
    };
  }

  private clockOf({ status, dueAt, submittedAt, pausedAt }: RequestPart) {
    const due = { dueAt: dueAt ?? this.dueClock.dueAt(submittedAt), pausedAt };
    return { ...due, dueShare: isOpen(status) ? this.dueClock.share(due, this.clock.now()) : null };
  }

  private async meaningsOf(em: EntityManager, vertical: string): Promise<Meanings> {
    if (await this.verticals.isKnown(em, vertical)) return knownVertical;
    return { unknownVertical: normalVertical(vertical), closeVerticals: await this.verticals.closeTo(vertical) };
  }
}

/** What is to be found out about the vertical of a request. */
interface Meanings {
  /** The word as the list of verticals has it, where the pool does not know it; `null` for one that it knows. */
  unknownVertical: string | null;
  /** What an unknown one might mean. */
  closeVerticals: CloseVertical[];
}

const knownVertical: Meanings = { unknownVertical: null, closeVerticals: [] };

function undoOf(
  caller: StaffCaller,
  lease: { placeSince: Date; assignedById: string; status: LeaseStatus },
  now: Date,
) {
  const until = isLive(lease)
    ? undoUntil(caller, { placeSince: lease.placeSince, assignedBy: lease.assignedById })
    : null;
  return { canUndo: until !== null && now <= until, undoUntil: until };
}

function canWithdraw(caller: StaffCaller, note: { author: { kind: string }; withdrawnAt: Date | null }): boolean {
  return may(caller.role, 'withdrawNote') && note.author.kind === 'staff' && note.withdrawnAt === null;
}

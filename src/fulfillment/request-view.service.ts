import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { findCandidates, normalizeVertical, searchPool, type Wish } from '../account-pool/matching.js';
import { VerticalsService, type SimilarVertical } from '../account-pool/verticals.service.js';
import { Clock } from '../core/clock.js';
import { NotFound } from '../core/errors.js';
import { SlaCalculator } from '../lease-requests/sla-calculator.js';
import { isOpen } from '../lease-requests/lease-request-status.js';
import { addBillingMonths } from '../core/billing-calendar.js';
import { isLive, type LeaseStatus } from '../leases/lease-lifecycle.js';
import { isAllowed } from '../authorization/permissions.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { getBalanceDepletedAt } from '../forecast/runway.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { addCandidateDetails } from './candidate-details.js';
import { toEventSentence } from '../lease-requests/event-sentence.js';
import { explainNoSlot } from './lease-slot.js';
import { readRequestEvents } from '../lease-requests/request-events.js';
import { readAssignedLeases, readNotes, readRequest, type RequestDetails } from './request-details.js';
import { readLiveLeases, readOtherRequests } from './partner-context.js';
import { getUndoUntil } from './undo-window.js';

/** What staff look at while they fulfil a request. Reads only. */
@Injectable()
export class RequestViewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly freeze: MoneyFreeze,
    private readonly verticals: VerticalsService,
    private readonly dueClock: SlaCalculator,
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
    const chooses = open || isAllowed(caller.role, 'replace');
    const { id: organizationId } = request.partner;
    const [wallet, { reason }, living, others, candidates, pool, assigned, notes, events] = await Promise.all([
      this.wallets.summary(em, organizationId),
      this.freeze.state(),
      readLiveLeases(em, organizationId),
      readOtherRequests(em, organizationId, requestId),
      chooses ? findCandidates(em, wish).then((found) => addCandidateDetails(em, organizationId, found)) : [],
      chooses && words
        ? searchPool(em, wish, words).then((found) => addCandidateDetails(em, organizationId, found))
        : [],
      readAssignedLeases(em, requestId),
      readNotes(em, requestId),
      readRequestEvents(em, requestId),
    ]);
    const now = this.clock.now();
    const replaces = isAllowed(caller.role, 'replace') && !request.partner.suspended;
    const withUndo = assigned.map((lease) => ({
      ...lease,
      ...toUndo(caller, lease, now),
      canReplace: replaces && explainNoSlot(request, lease, now) === null,
    }));
    return {
      request,
      wallet: {
        ...wallet,
        dues: living.dues,
        runsDryAt: getBalanceDepletedAt(wallet.balanceCents - wallet.owedCents, living.dues),
      },
      /** Why money is frozen, while it is. */
      frozenBecause: reason,
      samePartner: { openRequests: others, liveLeases: wallet.liveLeases, since: living.since },
      candidates,
      pool,
      assigned: withUndo,
      notes: notes.map((note) => ({ ...note, canWithdraw: canWithdraw(caller, note) })),
      events: events.map((event) => ({ ...event, text: toEventSentence(event) })),
      firstRenewalAt: addBillingMonths(now, now.getUTCDate(), 1),
      anchorDay: now.getUTCDate(),
      may: {
        assign: open && isAllowed(caller.role, 'assign') && !request.partner.suspended,
        claim: open && isAllowed(caller.role, 'claim'),
        replace: withUndo.some((lease) => lease.canReplace),
        mapVertical: open && isAllowed(caller.role, 'editAccounts'),
        note: isAllowed(caller.role, 'note'),
        withdrawNote: isAllowed(caller.role, 'withdrawNote'),
        clearBlocker: open && request.blocker !== null && isAllowed(caller.role, 'clearBlocker'),
        closePartial: open && request.assignedCount > 0 && isAllowed(caller.role, 'closePartial'),
        reject: open && request.assignedCount === 0 && isAllowed(caller.role, 'reject'),
        undoAssign: withUndo.some((lease) => lease.canUndo),
        disconnect: isAllowed(caller.role, 'disconnect') && assigned.some(isLive),
      },
    };
  }

  private async request(em: EntityManager, caller: StaffCaller, id: string) {
    const request = await readRequest(em, id);
    if (!request) throw new NotFound('This request');
    const { vertical, language, geo, partner, claim } = request;
    const synonymOf = await this.verticals.findMeaning(em, vertical);
    const wish: Wish = { vertical, synonymOf, language, geo, sandbox: partner.sandbox };
    return {
      ...request,
      ...this.toSla(request),
      claim: claim && {
        ...claim,
        until: this.clock.toBusinessTime(new Date(claim.until)),
        mine: claim.staffId === caller.staffId,
      },
      synonymOf,
      ...(isOpen(request.status) && !synonymOf ? await this.readMeanings(em, vertical) : knownVertical),
      wish,
    };
  }

  private toSla({ status, dueAt, submittedAt, pausedAt }: RequestDetails) {
    const due = { dueAt: dueAt ?? this.dueClock.getDueAt(submittedAt), pausedAt };
    return { ...due, dueShare: isOpen(status) ? this.dueClock.getShareUsed(due, this.clock.now()) : null };
  }

  private async readMeanings(em: EntityManager, vertical: string): Promise<Meanings> {
    if (await this.verticals.isKnown(em, vertical)) return knownVertical;
    return { unknownVertical: normalizeVertical(vertical), closeVerticals: await this.verticals.findSimilar(vertical) };
  }
}

/** What is to be found out about the vertical of a request. */
interface Meanings {
  /** The word as the list of verticals has it, where the pool does not know it; `null` for one that it knows. */
  unknownVertical: string | null;
  /** What an unknown one might mean. */
  closeVerticals: SimilarVertical[];
}

const knownVertical: Meanings = { unknownVertical: null, closeVerticals: [] };

function toUndo(
  caller: StaffCaller,
  lease: { placeSince: Date; assignedById: string; status: LeaseStatus },
  now: Date,
) {
  const until = isLive(lease)
    ? getUndoUntil(caller, { placeSince: lease.placeSince, assignedBy: lease.assignedById })
    : null;
  return { canUndo: until !== null && now <= until, undoUntil: until };
}

function canWithdraw(caller: StaffCaller, note: { author: { kind: string }; withdrawnAt: Date | null }): boolean {
  return isAllowed(caller.role, 'withdrawNote') && note.author.kind === 'staff' && note.withdrawnAt === null;
}

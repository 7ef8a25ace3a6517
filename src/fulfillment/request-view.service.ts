import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { findCandidates, findReplacements, searchPool, type Wish } from '../account-pool/matching.js';
import { toTextKey } from '../core/text-key.js';
import { VerticalsService, type SimilarVertical } from '../account-pool/verticals.service.js';
import { Clock } from '../core/clock.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { NotFound } from '../core/errors.js';
import { SlaCalculator } from '../lease-requests/sla-calculator.js';
import { isOpen } from '../lease-requests/lease-request-status.js';
import { addBillingMonths } from '../core/billing-calendar.js';
import { isLive, type LeaseStatus } from '../leases/lease-lifecycle.js';
import { isAllowed } from '../authorization/permissions.js';
import { readRequestCover } from '../queue/request-cover.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { getBalanceDepletedAt } from '../forecast/runway.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { addCandidateDetails } from './candidate-details.js';
import { toEventSentence } from '../lease-requests/event-sentence.js';
import { explainNoSlot } from './lease-slot.js';
import { readRequestEvents } from '../lease-requests/request-events.js';
import {
  readAssignedLeases,
  readNotes,
  readRequest,
  type NoteDetails,
  type RequestDetails,
} from './request-details.js';
import { readLiveLeases, readOtherRequests } from './partner-context.js';
import { getUndoUntil } from './undo-window.js';

/** The panel's page of a request. Reads only. */
@Injectable()
export class RequestViewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wallets: WalletsService,
    private readonly freeze: MoneyFreeze,
    private readonly verticals: VerticalsService,
    private readonly slaCalculator: SlaCalculator,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param requestId our `lreq_…`
   * @param search text to search the whole pool for
   * @throws NotFound
   */
  async view(caller: StaffCaller, requestId: string, search?: string) {
    const em = this.dataSource.manager;
    const { placedWish, ...request } = await this.readRequestState(em, caller, requestId);
    const open = isOpen(request.status);
    const searchText = search?.trim();
    const canChoose = open || isAllowed(caller.role, 'replace');
    const { id: organizationId } = request.partner;
    const [wallet, cover, { reason }, liveLeases, otherRequests, candidates, pool, assigned, notes, events] =
      await Promise.all([
        this.wallets.summary(em, organizationId),
        open ? readRequestCover(em, { ...placedWish, organizationId }, this.settings.leasePriceCents) : null,
        this.freeze.state(),
        readLiveLeases(em, organizationId),
        readOtherRequests(em, organizationId, requestId),
        canChoose
          ? (open ? findCandidates(em, placedWish) : findReplacements(em, placedWish)).then((found) =>
              addCandidateDetails(em, organizationId, found),
            )
          : [],
        canChoose && searchText
          ? searchPool(em, placedWish, searchText).then((found) => addCandidateDetails(em, organizationId, found))
          : [],
        readAssignedLeases(em, requestId),
        readNotes(em, requestId),
        readRequestEvents(em, requestId),
      ]);
    const now = this.clock.now();
    const balanceDepletedAt = getBalanceDepletedAt(wallet.balanceCents - wallet.owedCents, liveLeases.dues);
    const mayReplace = isAllowed(caller.role, 'replace') && !request.partner.suspended;
    const assignedLeases = assigned.map((lease) => ({
      ...lease,
      ...toUndo(caller, lease, now),
      canReplace: mayReplace && explainNoSlot(request, lease, now) === null,
    }));
    return {
      request,
      wallet: { ...wallet, dues: liveLeases.dues, runsDryAt: balanceDepletedAt },
      /** `null` where the request is final. */
      cover,
      /** Why money is frozen, while it is. */
      frozenBecause: reason,
      samePartner: { openRequests: otherRequests, liveLeases: wallet.liveLeases, since: liveLeases.since },
      candidates,
      pool,
      assigned: assignedLeases,
      notes: notes.map((note) => ({ ...note, canWithdraw: canWithdraw(caller, note), canShow: canShow(caller, note) })),
      events: events.map((event) => ({ ...event, text: toEventSentence(event) })),
      firstRenewalAt: addBillingMonths(now, now.getUTCDate(), 1),
      anchorDay: now.getUTCDate(),
      may: {
        assign: open && isAllowed(caller.role, 'assign') && !request.partner.suspended,
        claim: open && isAllowed(caller.role, 'claim'),
        replace: assignedLeases.some((lease) => lease.canReplace),
        mapVertical: open && isAllowed(caller.role, 'editAccounts'),
        note: isAllowed(caller.role, 'note'),
        withdrawNote: isAllowed(caller.role, 'withdrawNote'),
        clearBlocker: open && request.blocker !== null && isAllowed(caller.role, 'clearBlocker'),
        closePartial: open && request.assignedCount > 0 && isAllowed(caller.role, 'closePartial'),
        reject: open && request.assignedCount === 0 && isAllowed(caller.role, 'reject'),
        undoAssign: assignedLeases.some((lease) => lease.canUndo),
        disconnect: isAllowed(caller.role, 'disconnect') && assigned.some(isLive),
      },
    };
  }

  private async readRequestState(em: EntityManager, caller: StaffCaller, id: string) {
    const request = await readRequest(em, id, this.clock.now());
    if (!request) throw new NotFound('This request');
    const { vertical, language, geo, partner, claim, pausedAt, dueAt, submittedAt } = request;
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
      placedWish: { ...wish, id, pausedAt, dueAt, submittedAt },
    };
  }

  private toSla({ status, dueAt, submittedAt, pausedAt }: RequestDetails) {
    const due = { dueAt: dueAt ?? this.slaCalculator.getDueAt(submittedAt), pausedAt };
    return { ...due, dueShare: isOpen(status) ? this.slaCalculator.getShareUsed(due, this.clock.now()) : null };
  }

  private async readMeanings(em: EntityManager, vertical: string): Promise<Meanings> {
    if (await this.verticals.isKnown(em, vertical)) return knownVertical;
    return { unknownVertical: toTextKey(vertical), closeVerticals: await this.verticals.findSimilar(vertical) };
  }
}

interface Meanings {
  /** The normalized vertical where the pool does not know it; `null` where it does. */
  unknownVertical: string | null;
  /** Known verticals that are similar to an unknown one. */
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

function canShow(caller: StaffCaller, { visibility, withdrawnAt, retiredAt }: NoteDetails): boolean {
  return isAllowed(caller.role, 'note') && visibility === 'internal' && withdrawnAt === null && retiredAt === null;
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { queryRow } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { toPastDue } from '../leases/grace.js';
import { isLive, leaseColumns, LeaseLifecycle, type Lease, type OpenedLease } from '../leases/lease-lifecycle.js';
import { assertAllowed } from '../authorization/permissions.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { ReplaceAccount } from './commands.js';
import { lockRequest, type LockedRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { isSlotFilledSql, explainNoSlot, type LeaseSlot } from './lease-slot.js';
import { explainUnavailable } from './account-unavailable.js';

/** The lease to be replaced, with the period that is paid for. */
interface ReplacedLease extends Lease, LeaseSlot {
  anchorDay: number;
  placeId: string;
  periodStart: Date;
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
}

/** What a replacement did; the wallet's net is `chargedCents` less `refundedCents`, which is zero for a lease that was still live. */
export interface ReplacementReceipt {
  leaseId: string;
  socialAccountId: string;
  refundedCents: number;
  chargedCents: number;
  nextRenewalAt: Date | null;
}

/** Giving a partner another account for one that was lost or banned, in the same place and for the same month. */
@Injectable()
export class ReplacementService {
  constructor(
    private readonly transactions: Transactions,
    private readonly claims: ClaimsService,
    private readonly moves: RequestTransitions,
    private readonly leases: LeaseLifecycle,
    private readonly wallets: WalletsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends the old lease and opens one on the new account at the same price, anchor and next renewal.
   * On a final request it also fills the place of an account that was undone or disconnected.
   * @throws Conflict when there is no place to fill, or the new account is taken; WalletShort, NotFound — nothing has changed then
   */
  async replace(caller: Insider, input: ReplaceAccount): Promise<ReplacementReceipt> {
    assertAllowed(caller, 'replace');
    const command = validated(ReplaceAccount, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      const lost = await this.lockReplaced(em, request, command.socialAccountId);
      const standing = await this.findExisting(em, lost, command.newSocialAccountId);
      if (standing) return standing;
      await this.claims.ensureClaimed(em, caller, request);
      const now = this.clock.now();
      assertSlot(request, lost, now);

      const wasLive = isLive(lost);
      // What ended before keeps its end: its partner has read it.
      if (wasLive) {
        await this.leases.end(em, lost, 'replaced', now);
        await this.leases.lockAccounts(em, [lost.socialAccountId, command.newSocialAccountId]);
      }
      const account = await this.leases.takeAccount(em, command.newSocialAccountId, request.sandbox, now);
      if (!account) throw await explainUnavailable(em, command.newSocialAccountId, request);
      if (wasLive) {
        const quarantinedBecause = command.reason.trim();
        await this.leases.returnAccount(em, lost.socialAccountId, { quarantinedBecause }, now);
      }
      const lease = await this.open(em, caller, request, lost, account.id, now);
      await this.moves.changeAssignedCount(em, request, lost.status === 'undone' ? 1 : 0, now);
      await this.record(em, caller, request, lost, lease, { reason: command.reason, handle: account.handle });
      return toReceipt(lease, await this.wallets.moveCharge(em, caller, lost.id, lease, command.reason.trim()));
    });
  }

  /** The row is locked first and its month read after: a renewal that held it may have charged the next one. */
  private async lockReplaced(
    em: EntityManager,
    request: LockedRequest,
    socialAccountId: string,
  ): Promise<ReplacedLease> {
    const locked = await queryRow<{ id: string }>(
      em,
      `SELECT id FROM lease WHERE lease_request_id = $1 AND social_account_id = $2
        ORDER BY assigned_at DESC, id DESC LIMIT 1 FOR UPDATE`,
      [request.id, socialAccountId],
    );
    if (!locked) throw new NotFound('An assignment of this account to this request');
    const lost = await queryRow<ReplacedLease>(
      em,
      `SELECT ${leaseColumns.text}, lease.anchor_day AS "anchorDay", coalesce(lease.place_id, lease.id) AS "placeId",
              lease.past_due_since AS "pastDueSince", lease.retry_at AS "retryAt", lease.grace_days_tried AS "graceDaysTried",
              lease.ended_at AS "endedAt", lease.end_reason AS "endReason",
              ${isSlotFilledSql('lease')} AS "placeIsFilled", charge.period_start AS "periodStart", charge.period_end AS "paidUntil"
         FROM lease
         JOIN LATERAL (SELECT period_start, period_end FROM ledger_transfer
                        WHERE lease_id = lease.id AND kind IN ('lease_charge', 'lease_renewal')
                        ORDER BY period_start DESC LIMIT 1) charge ON true
        WHERE lease.id = $1`,
      [locked.id],
    );
    return lost!;
  }

  /** The same replacement asked for again answers with the first one and moves no money. */
  private async findExisting(
    em: EntityManager,
    lost: ReplacedLease,
    newSocialAccountId: string,
  ): Promise<ReplacementReceipt | null> {
    const lease = await queryRow<Lease>(
      em,
      `SELECT ${leaseColumns.text} FROM lease
        WHERE replaces_id = $1 AND social_account_id = $2 AND status IN ('active', 'past_due')`,
      [lost.id, newSocialAccountId],
    );
    return lease && { ...toReceipt(lease, 0), chargedCents: 0 };
  }

  private open(
    em: EntityManager,
    caller: Insider,
    request: LockedRequest,
    lost: ReplacedLease,
    socialAccountId: string,
    now: Date,
  ): Promise<OpenedLease> {
    return this.leases.open(em, {
      leaseRequestId: request.id,
      organizationId: request.organizationId,
      projectId: request.projectId,
      socialAccountId,
      priceCents: lost.priceCents,
      assignedAt: now,
      assignedBy: getActorId(caller),
      replaces: {
        leaseId: lost.id,
        placeId: lost.placeId,
        placeSince: lost.placeSince,
        anchorDay: lost.anchorDay,
        period: { start: lost.periodStart, end: lost.paidUntil },
        pastDue: toPastDue(lost),
      },
    });
  }

  private record(
    em: EntityManager,
    caller: Insider,
    request: LockedRequest,
    lost: ReplacedLease,
    lease: Lease,
    why: { reason: string; handle: string },
  ): Promise<void> {
    return this.audit.record(em, caller, {
      type: 'leased_account.replaced',
      organizationId: request.organizationId,
      projectId: request.projectId,
      leaseRequestId: request.id,
      objectId: lost.socialAccountId,
      data: {
        socialAccountId: lost.socialAccountId,
        newSocialAccountId: lease.socialAccountId,
        requestId: request.partnerRequestId,
      },
      internal: {
        ...why,
        version: request.version + 1,
        before: { leaseId: lost.id, leaseStatus: lost.status },
        after: { leaseId: lease.id, leaseStatus: lease.status },
      },
    });
  }
}

function assertSlot(request: LockedRequest, lost: ReplacedLease, now: Date): void {
  if (request.suspended) {
    throw new Conflict('suspended', `${request.partnerName} is suspended: no new leases until it is resumed.`);
  }
  const none = explainNoSlot(request, lost, now);
  if (none) throw new Conflict('not_allowed_now', none);
}

function toReceipt(lease: Lease, refundedCents: number): ReplacementReceipt {
  return {
    leaseId: lease.id,
    socialAccountId: lease.socialAccountId,
    refundedCents,
    chargedCents: lease.priceCents,
    nextRenewalAt: lease.nextRenewalAt,
  };
}

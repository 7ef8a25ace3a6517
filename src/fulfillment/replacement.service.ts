import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { validated } from '../core/validation.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { toPastDue } from '../leases/grace.js';
import { EventRecorder } from '../events/event-recorder.js';
import { LeaseEvents } from '../leases/lease-events.js';
import { isLive, leaseColumns, LeaseLifecycle, type Lease, type OpenedLease } from '../leases/lease-lifecycle.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { assertAllowed } from '../authorization/permissions.js';
import { isChargeSql } from '../wallets/wallet-sql.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { ReplaceAccount, type OldAccountPlace } from './commands.js';
import { LeaseRequestEvents } from '../lease-requests/lease-request-events.js';
import { lockRequest, type LockedRequest } from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { isSlotFilledSql, explainNoSlot, type LeaseSlot } from './lease-slot.js';
import { explainUnavailable } from './account-unavailable.js';

/** The lease to be replaced, with the period that its newest charge pays for. */
interface ReplacedLease extends Lease, LeaseSlot {
  anchorDay: number;
  placeId: string;
  periodStart: Date;
  pastDueSince: Date | null;
  retryAt: Date | null;
  graceDaysTried: number;
}

/** The net of the wallet is `chargedCents` less `refundedCents`: 0 where the replaced lease was live. */
export interface ReplacementReceipt {
  leaseId: string;
  socialAccountId: string;
  refundedCents: number;
  chargedCents: number;
  nextRenewalAt: Date | null;
  /** Where the replaced account went now; `null` where its lease had ended before. */
  oldAccountTo: OldAccountPlace | null;
  /** Replaced by an earlier call; no money was moved now. */
  replayed: boolean;
}

/** Gives a partner another account for one that was lost or banned, in the same place and for the same month. */
@Injectable()
export class ReplacementService {
  constructor(
    private readonly transactions: Transactions,
    private readonly claims: ClaimsService,
    private readonly transitions: RequestTransitions,
    private readonly leases: LeaseLifecycle,
    private readonly wallets: WalletsService,
    private readonly requestEvents: LeaseRequestEvents,
    private readonly leaseEvents: LeaseEvents,
    private readonly events: EventRecorder,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends the old lease and opens one on the new account at the same price, anchor day and next renewal. On a final request it also fills
   * the place of an account that was undone or disconnected.
   * @throws ValidationFailed; Conflict when there is no place to fill, the new account is taken, or the old lease ended after the caller
   * saw it; WalletShort, NotFound; nothing has changed then
   */
  async replace(caller: Insider, input: ReplaceAccount): Promise<ReplacementReceipt> {
    assertAllowed(caller, 'replace');
    const command = validated(ReplaceAccount, input);
    if (command.newSocialAccountId === command.socialAccountId) throw sameAccount();
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      const replaced = await this.lockReplacedLease(em, request, command.socialAccountId);
      const existing = await this.findExistingReceipt(em, replaced, command.newSocialAccountId);
      if (existing) return existing;
      await this.claims.ensureClaimed(em, caller, request);
      const now = this.clock.now();
      assertSlot(request, replaced, now);

      const wasLive = isLive(replaced);
      const oldAccountTo = wasLive ? command.oldAccountTo : null;
      if (oldAccountTo === undefined) throw new ValidationFailed([{ path: 'oldAccountTo', message: 'is required' }]);
      if (!wasLive && command.oldAccountTo) throw leaseEndedMeanwhile();
      // A lease that has ended keeps its end: the partner has seen it.
      if (wasLive) {
        await this.leases.end(em, replaced, 'replaced', now);
        await this.leases.lockAccounts(em, [replaced.socialAccountId, command.newSocialAccountId]);
      }
      const account = await this.leases.takeAccount(em, command.newSocialAccountId, request.sandbox, now);
      if (!account) throw await explainUnavailable(em, command.newSocialAccountId, request);
      if (oldAccountTo) {
        const to = oldAccountTo === 'pool' ? 'used' : { quarantinedBecause: command.reason.trim() };
        await this.leases.returnAccount(em, replaced.socialAccountId, to, now);
      }
      const lease = await this.openReplacement(em, caller, request, replaced, account.id, now);
      await this.transitions.changeAssignedCount(em, request, replaced.status === 'undone' ? 1 : 0, now);
      await this.recordReplacement(em, caller, request, replaced, lease, {
        reason: command.reason,
        handle: account.handle,
        oldAccountTo,
      });
      const transactionId = newId('txn');
      await this.recordEvents(em, request, replaced, lease, transactionId);
      const reason = command.reason.trim();
      const refundedCents = await this.wallets.moveCharge(em, caller, replaced.id, lease, transactionId, reason);
      return { ...toReceipt(lease, refundedCents), oldAccountTo };
    });
  }

  /** Locks the row first and reads its month after: a renewal that held the lock may have charged the next month. */
  private async lockReplacedLease(
    em: EntityManager,
    request: LockedRequest,
    socialAccountId: string,
  ): Promise<ReplacedLease> {
    const locked = await queryRow<{ id: string }>(
      em,
      sql`SELECT id FROM lease WHERE lease_request_id = ${request.id} AND social_account_id = ${socialAccountId}
        ORDER BY assigned_at DESC, id DESC LIMIT 1 FOR UPDATE`,
    );
    if (!locked) throw new NotFound('An assignment of this account to this request');
    const replaced = await queryRow<ReplacedLease>(
      em,
      sql`SELECT ${leaseColumns}, lease.anchor_day AS "anchorDay", coalesce(lease.place_id, lease.id) AS "placeId",
              lease.past_due_since AS "pastDueSince", lease.retry_at AS "retryAt", lease.grace_days_tried AS "graceDaysTried",
              lease.ended_at AS "endedAt", lease.end_reason AS "endReason",
              ${isSlotFilledSql('lease')} AS "placeIsFilled", charge.period_start AS "periodStart", charge.period_end AS "paidUntil"
         FROM lease
         JOIN LATERAL (SELECT period_start, period_end FROM ledger_transfer
                        WHERE lease_id = lease.id AND ${isChargeSql()}
                        ORDER BY period_start DESC LIMIT 1) charge ON true
        WHERE lease.id = ${locked.id}`,
    );
    return replaced!;
  }

  /** A repeated replacement answers with the first one and moves no money. */
  private async findExistingReceipt(
    em: EntityManager,
    replaced: ReplacedLease,
    newSocialAccountId: string,
  ): Promise<ReplacementReceipt | null> {
    const lease = await queryRow<Lease>(
      em,
      sql`SELECT ${leaseColumns} FROM lease
        WHERE replaces_id = ${replaced.id} AND social_account_id = ${newSocialAccountId} AND ${isLiveSql()}`,
    );
    return lease && { ...toReceipt(lease, 0), chargedCents: 0, replayed: true };
  }

  private openReplacement(
    em: EntityManager,
    caller: Insider,
    request: LockedRequest,
    replaced: ReplacedLease,
    socialAccountId: string,
    now: Date,
  ): Promise<OpenedLease> {
    return this.leases.open(em, {
      leaseRequestId: request.id,
      organizationId: request.organizationId,
      projectId: request.projectId,
      socialAccountId,
      priceCents: replaced.priceCents,
      assignedAt: now,
      assignedBy: getActorId(caller),
      replaces: {
        leaseId: replaced.id,
        placeId: replaced.placeId,
        placeSince: replaced.placeSince,
        anchorDay: replaced.anchorDay,
        period: { start: replaced.periodStart, end: replaced.paidUntil },
        pastDue: toPastDue(replaced),
      },
    });
  }

  private async recordEvents(
    em: EntityManager,
    request: LockedRequest,
    replaced: ReplacedLease,
    lease: Lease,
    transactionId: string,
  ): Promise<void> {
    const replacedSocialAccountId = replaced.socialAccountId;
    await this.events.recordAll(em, [
      ...(await this.leaseEvents.toEvents(em, request.organizationId, [
        { type: 'leased_account.replaced', leaseId: lease.id, transactionId, replacedSocialAccountId },
      ])),
      ...(await this.requestEvents.toEvents(em, request)),
    ]);
  }

  private recordReplacement(
    em: EntityManager,
    caller: Insider,
    request: LockedRequest,
    replaced: ReplacedLease,
    lease: Lease,
    details: { reason: string; handle: string; oldAccountTo: OldAccountPlace | null },
  ): Promise<void> {
    return this.audit.record(em, caller, {
      type: 'leased_account.replaced',
      organizationId: request.organizationId,
      projectId: request.projectId,
      leaseRequestId: request.id,
      objectId: replaced.socialAccountId,
      data: {
        socialAccountId: replaced.socialAccountId,
        newSocialAccountId: lease.socialAccountId,
        requestId: request.partnerRequestId,
      },
      internal: {
        ...details,
        version: request.version + 1,
        before: { leaseId: replaced.id, leaseStatus: replaced.status },
        after: { leaseId: lease.id, leaseStatus: lease.status },
      },
    });
  }
}

function sameAccount(): ValidationFailed {
  return new ValidationFailed([{ path: 'newSocialAccountId', message: 'must not be the account that is replaced' }]);
}

function assertSlot(request: LockedRequest, replaced: ReplacedLease, now: Date): void {
  if (request.suspended) {
    throw new Conflict('suspended', sentence`${request.partnerName} is suspended: no new leases until it is resumed.`);
  }
  const explanation = explainNoSlot(request, replaced, now);
  if (explanation) throw new Conflict('not_allowed_now', explanation);
}

/** The caller expected a refund for the old account. */
function leaseEndedMeanwhile(): Conflict {
  return new Conflict(
    'stale',
    'This account was disconnected or its assignment undone after you opened the dialog, so the new one would be charged. Nothing was done; open it again.',
  );
}

function toReceipt(lease: Lease, refundedCents: number): ReplacementReceipt {
  return {
    leaseId: lease.id,
    socialAccountId: lease.socialAccountId,
    refundedCents,
    chargedCents: lease.priceCents,
    nextRenewalAt: lease.nextRenewalAt,
    oldAccountTo: null,
    replayed: false,
  };
}

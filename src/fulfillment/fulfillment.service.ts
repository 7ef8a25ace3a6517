import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, ForbiddenRole, NotFound } from '../core/errors.js';
import { formatDollars } from '../core/money.js';
import { newId } from '../core/ids.js';
import { validated } from '../core/validation.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { EventRecorder } from '../events/event-recorder.js';
import { LeaseEvents } from '../leases/lease-events.js';
import { isLive, leaseColumns, LeaseLifecycle, type Lease } from '../leases/lease-lifecycle.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { assertAllowed } from '../authorization/permissions.js';
import { CreditedWallet, type WalletNow } from '../wallets/credited-wallet.js';
import type { BookedTransfer } from '../wallets/ledger.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { AssignAccount, UndoAssignment } from './commands.js';
import { LeaseRequestEvents } from '../lease-requests/lease-request-events.js';
import {
  lockRequest,
  assertCurrent,
  assertOpen,
  assertReplyRead,
  assertServedByStaff,
  type LockedRequest,
} from '../lease-requests/request-lock.js';
import { RequestTransitions } from '../lease-requests/request-transitions.js';
import { canUndoAny, getUndoUntil } from './undo-window.js';
import { explainUnavailable } from './account-unavailable.js';

export interface AssignmentReceipt {
  requestId: string;
  leaseId: string;
  socialAccountId: string;
  priceCents: number;
  /** The wallet after the charge; the wallet now where nothing was charged. */
  balanceAfterCents: number;
  owedAfterCents: number;
  nextRenewalAt: Date | null;
  /** Whether the account was assigned to this request before; nothing was charged now. */
  alreadyAssigned: boolean;
}

export interface UndoReceipt {
  leaseId: string;
  refundedCents: number;
  /** The part of the refund that settled the amount owed. */
  settledCents: number;
  wallet: WalletNow;
  /** A final request stays final: another account takes the place by *Replace*. */
  isRequestClosed: boolean;
}

/** Assigns accounts to requests, one at a time, and undoes assignments. */
@Injectable()
export class FulfillmentService {
  constructor(
    private readonly transactions: Transactions,
    private readonly leases: LeaseLifecycle,
    private readonly claims: ClaimsService,
    private readonly transitions: RequestTransitions,
    private readonly wallets: WalletsService,
    private readonly creditedWallet: CreditedWallet,
    private readonly requestEvents: LeaseRequestEvents,
    private readonly leaseEvents: LeaseEvents,
    private readonly events: EventRecorder,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Assigns one pool account to an open request and charges its first month.
   * @throws Conflict (stale, a reply that nobody has read, closed, account taken, price changed, suspended), WalletShort, NotFound; nothing has changed then
   */
  async assign(caller: Insider, input: AssignAccount): Promise<AssignmentReceipt> {
    assertAllowed(caller, 'assign');
    const command = validated(AssignAccount, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertServedByStaff(caller, request);
      const existing = await this.findExistingLease(em, request, command.socialAccountId);
      if (existing) return this.toExistingReceipt(em, request, existing);
      assertOpen(request);
      await this.claims.ensureClaimed(em, caller, request);
      await assertCurrent(em, request, command.version);
      assertReplyRead(request);
      assertNotSuspended(request);
      const { priceCents } = await this.wallets.preview(em, request.organizationId);
      assertExpectedPrice(priceCents, command.expectedPriceCents);

      const now = this.clock.now();
      const account = await this.leases.takeAccount(em, command.socialAccountId, request.sandbox, now);
      if (!account) throw await explainUnavailable(em, command.socialAccountId, request);
      const lease = await this.leases.open(em, {
        leaseRequestId: request.id,
        organizationId: request.organizationId,
        projectId: request.projectId,
        socialAccountId: account.id,
        priceCents,
        assignedAt: now,
        assignedBy: getActorId(caller),
      });
      await this.incrementAssigned(em, caller, request, now);
      await this.audit.record(em, caller, {
        type: 'leased_account.assigned',
        ...toAuditObject(request, account.id),
        data: { socialAccountId: account.id, requestId: request.partnerRequestId, priceCents },
        internal: {
          leaseId: lease.id,
          handle: account.handle,
          version: request.version + 1,
          before: { status: 'available' },
          after: { status: 'assigned' },
        },
      });
      const transactionId = newId('txn');
      await this.events.recordAll(em, [
        ...(await this.leaseEvents.toEvents(em, request.organizationId, [
          { type: 'leased_account.assigned', leaseId: lease.id, transactionId },
        ])),
        ...(await this.requestEvents.toEvents(em, request)),
      ]);
      const charge = await this.wallets.chargeFirstMonth(em, caller, lease, transactionId);
      return toReceipt(request, lease, charge, false);
    });
  }

  /**
   * Undoes an assignment: refunds its charge and returns the account to the pool. An open request wants one more account again, a final one
   * keeps its status.
   * @throws ForbiddenRole outside the caller's window; Conflict when the lease has ended; NotFound
   */
  async undoAssign(caller: Insider, input: UndoAssignment): Promise<UndoReceipt> {
    assertAllowed(caller, 'undoAssign');
    const command = validated(UndoAssignment, input);
    const { change, wallet } = await this.creditedWallet.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertServedByStaff(caller, request);
      const lease = await this.lockNewestLease(em, request, command.socialAccountId);
      const now = this.clock.now();
      assertUndoable(caller, lease, now);
      if (!canUndoAny(caller)) await this.claims.ensureClaimed(em, caller, request);

      await this.leases.undo(em, lease, now);
      const { handle } = await this.leases.returnAccount(em, lease.socialAccountId, 'unused', now);
      await this.transitions.changeAssignedCount(em, request, -1, now);
      await this.audit.record(em, caller, {
        type: 'leased_account.assignment_undone',
        ...toAuditObject(request, lease.socialAccountId),
        data: { socialAccountId: lease.socialAccountId, requestId: request.partnerRequestId },
        internal: {
          leaseId: lease.id,
          handle,
          version: request.version + 1,
          reason: command.reason ?? null,
          before: { leaseStatus: lease.status, assignedCount: request.assignedCount },
          after: { leaseStatus: 'undone', assignedCount: request.assignedCount - 1 },
        },
      });
      await this.requestEvents.record(em, request);
      const refund = await this.wallets.refundNewestCharge(
        em,
        caller,
        lease,
        command.reason?.trim() ?? 'Assignment undone',
      );
      return { ...refund, leaseId: lease.id, isRequestClosed: request.status !== 'requested' };
    });
    const { leaseId, refundedCents, settledCents, isRequestClosed } = change;
    return { leaseId, refundedCents, settledCents, wallet, isRequestClosed };
  }

  private findExistingLease(em: EntityManager, request: LockedRequest, socialAccountId: string): Promise<Lease | null> {
    return queryRow<Lease>(
      em,
      sql`SELECT ${leaseColumns} FROM lease
        WHERE lease_request_id = ${request.id} AND social_account_id = ${socialAccountId} AND ${isLiveSql()}`,
    );
  }

  private async toExistingReceipt(em: EntityManager, request: LockedRequest, lease: Lease): Promise<AssignmentReceipt> {
    const { balanceCents, owedCents } = await this.wallets.preview(em, request.organizationId);
    return toReceipt(request, lease, { balanceAfterCents: balanceCents, owedAfterCents: owedCents }, true);
  }

  /** The last assignment closes the request and ends its blocker. */
  private async incrementAssigned(
    em: EntityManager,
    caller: Insider,
    request: LockedRequest,
    now: Date,
  ): Promise<void> {
    const assignedCount = request.assignedCount + 1;
    if (assignedCount < request.count) return this.transitions.changeAssignedCount(em, request, 1, now);
    const final = { status: 'assigned' as const, by: 'staff' as const, outcomeReason: null, assignedCount };
    await this.transitions.close(em, request, final, now);
    await this.audit.record(em, caller, {
      type: 'lease_request.assigned',
      ...toAuditObject(request, request.id),
      data: { requestId: request.partnerRequestId, status: 'assigned', count: request.count, assignedCount },
      internal: {
        version: request.version + 1,
        before: { status: request.status, assignedCount: request.assignedCount },
        after: { status: 'assigned', assignedCount },
      },
    });
  }

  private async lockNewestLease(em: EntityManager, request: LockedRequest, socialAccountId: string): Promise<Lease> {
    const lease = await queryRow<Lease>(
      em,
      sql`SELECT ${leaseColumns} FROM lease WHERE lease_request_id = ${request.id} AND social_account_id = ${socialAccountId}
        ORDER BY lease.assigned_at DESC, lease.id DESC LIMIT 1 FOR UPDATE`,
    );
    if (!lease) throw new NotFound('An assignment of this account to this request');
    return lease;
  }
}

function assertNotSuspended(request: LockedRequest): void {
  if (request.suspended) {
    throw new Conflict(
      'suspended',
      sentence`${request.partnerName} is suspended: no new assignments until it is resumed.`,
    );
  }
}

function assertExpectedPrice(priceCents: number, expectedPriceCents: number | undefined): void {
  if (expectedPriceCents === undefined || expectedPriceCents === priceCents) return;
  throw new Conflict(
    'price_changed',
    `The price is ${formatDollars(priceCents)} a month now, not ${formatDollars(expectedPriceCents)}; nothing was charged.`,
    { priceCents, expectedPriceCents },
  );
}

function assertUndoable(caller: Insider, lease: Lease, now: Date): void {
  if (lease.status === 'undone') {
    throw new Conflict('not_allowed_now', 'This assignment has already been undone; nothing was changed.');
  }
  if (!isLive(lease)) {
    throw new Conflict('not_allowed_now', 'This lease has been released or has ended; it can no longer be undone.');
  }
  const until = getUndoUntil(caller, lease);
  if (!until) throw new ForbiddenRole('Operators can undo only their own assignments. Ask finance or an admin.');
  if (now > until) throw new ForbiddenRole(toWindowClosedMessage(caller, lease));
}

function toWindowClosedMessage(caller: Insider, { assignedAt, placeSince }: Lease): string {
  const isReplacement = assignedAt > placeSince;
  if (isReplacement) {
    const alternative = canUndoAny(caller) ? 'disconnect the lease' : 'ask finance to disconnect the lease';
    return `The time to undo counts from the first account in this place, and is over; replace the account again, or ${alternative}.`;
  }
  return canUndoAny(caller)
    ? 'The 24 hours to undo this assignment are over; disconnect the lease instead.'
    : 'Your 15 minutes to undo this assignment are over; ask finance to undo it, or to disconnect the lease.';
}

function toAuditObject(request: LockedRequest, objectId: string) {
  return {
    organizationId: request.organizationId,
    projectId: request.projectId,
    leaseRequestId: request.id,
    objectId,
  };
}

function toReceipt(
  request: LockedRequest,
  lease: Lease,
  { balanceAfterCents, owedAfterCents }: Pick<BookedTransfer, 'balanceAfterCents' | 'owedAfterCents'>,
  alreadyAssigned: boolean,
): AssignmentReceipt {
  return {
    requestId: request.id,
    leaseId: lease.id,
    socialAccountId: lease.socialAccountId,
    priceCents: lease.priceCents,
    balanceAfterCents,
    owedAfterCents,
    nextRenewalAt: lease.nextRenewalAt,
    alreadyAssigned,
  };
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, ForbiddenRole, NotFound } from '../core/errors.js';
import { formatDollars } from '../core/money.js';
import { newId } from '../core/ids.js';
import { validated } from '../core/validation.js';
import { isRefused, queryRow, queryTogether, sql, togetherSql, type Sql } from '../core/sql.js';
import type { AfterCommitReading } from '../core/transaction-control.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { EventRecorder } from '../events/event-recorder.js';
import { isLive, leaseColumns, LeaseLifecycle, type Lease, type OpenedLease } from '../leases/lease-lifecycle.js';
import { toOpenedRow } from '../leases/leased-account.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { assertAllowed } from '../authorization/permissions.js';
import { CreditedWallet, type WalletNow } from '../wallets/credited-wallet.js';
import type { BookedTransfer } from '../wallets/ledger.js';
import {
  toPreview,
  WalletsService,
  type PreviewBeforeLockRow,
  type WalletPreview,
} from '../wallets/wallets.service.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { toAuditEntries, toAuditObject, toEvents, toTerms } from './assignment-records.js';
import { AssignAccount, UndoAssignment } from './commands.js';
import {
  changedRequestSql,
  LeaseRequestEvents,
  withAssigned,
  type ChangedRequest,
} from '../lease-requests/lease-request-events.js';
import {
  lockRequest,
  lockRequestSql,
  toLocked,
  type LockedRows,
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

interface AvailableAccount {
  handle: string;
  followers: number;
  sandbox: boolean;
}

/** The locked request and account, if that is available; the request as its partner sees it, the wallet. */
type ToAssign = [...LockedRows, AvailableAccount, ChangedRequest, PreviewBeforeLockRow];

/** An assignment that may be made, with the rows of {@link ToAssign}. */
interface CheckedAssignment {
  command: AssignAccount;
  request: LockedRequest;
  account: AvailableAccount;
  state: ChangedRequest;
  wallet: WalletPreview;
  walletRow: PreviewBeforeLockRow;
  /** The claim of whoever assigns, as columns to set. */
  claim: Sql;
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
    private readonly events: EventRecorder,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Assigns one pool account to an open request and charges its first month.
   * @param reading what to read after the commit
   * @throws Conflict (stale, a reply that nobody has read, closed, account taken, price changed, suspended), WalletShort, NotFound; nothing has changed then
   */
  async assign(caller: Insider, input: AssignAccount, reading?: AfterCommitReading): Promise<AssignmentReceipt> {
    assertAllowed(caller, 'assign');
    const command = validated(AssignAccount, input);
    const getReceipt = await this.tryWithCommit(caller, command, reading);
    if (getReceipt) return getReceipt();
    return this.transactions.run((em) => this.assignInSteps(em, caller, command), { reading });
  }

  /** Sends all that an assignment writes with the commit, where the wallet seems to cover it. @returns `null` where it must be made in steps */
  private async tryWithCommit(
    caller: Insider,
    command: AssignAccount,
    reading: AfterCommitReading | undefined,
  ): Promise<(() => AssignmentReceipt) | null> {
    if (!this.transactions.commitsEachRun) return null;
    const keys = [command.leaseRequestId, command.socialAccountId];
    const work = (em: EntityManager) => this.assignWithCommit(em, caller, command);
    return this.transactions.runShared(keys, work, reading).catch((error: unknown) => {
      if (!isRefused(error)) throw error;
      return null;
    });
  }

  /** @returns what gives the receipt, once the transaction is committed */
  private async assignWithCommit(
    em: EntityManager,
    caller: Insider,
    command: AssignAccount,
  ): Promise<(() => AssignmentReceipt) | null> {
    const checked = await this.lockAndCheck(em, caller, command);
    if ('receipt' in checked) return () => checked.receipt;
    const { request, state, wallet, walletRow } = checked;
    const now = this.clock.now();
    if (wallet.covers === 0 || request.blocker !== null || state.updatedAt >= now) return null;

    const { changes, lease } = this.takeAndCountSql(caller, checked, now);
    const transactionId = newId('txn');
    const after = withAssigned(state, lease.socialAccountId, now);
    const records = this.recordSql(em, caller, checked, { lease, transactionId, after });
    const lowBound = await this.wallets.readLowBound(em, request.organizationId, walletRow);
    const written = togetherSql({ ...changes, ...records });
    const getCharge = await this.wallets.chargeWithCommit(em, caller, lease, transactionId, lowBound, written);
    return () => toReceipt(request, lease, getCharge(), false);
  }

  private async assignInSteps(em: EntityManager, caller: Insider, command: AssignAccount): Promise<AssignmentReceipt> {
    const checked = await this.lockAndCheck(em, caller, command);
    if ('receipt' in checked) return checked.receipt;
    const { request } = checked;
    const { changes, lease } = this.takeAndCountSql(caller, checked, this.clock.now());
    const after = await this.changeAndRead(em, request, changes);
    const transactionId = newId('txn');
    const records = this.recordSql(em, caller, checked, { lease, transactionId, after });
    this.wallets.forgetLowBound(request.organizationId);
    const charge = await this.wallets.chargeFirstMonth(em, caller, lease, transactionId, [togetherSql(records)]);
    return toReceipt(request, lease, charge, false);
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

  /** @returns the receipt of the account's lease, if this request has it already */
  private async lockAndCheck(
    em: EntityManager,
    caller: Insider,
    command: AssignAccount,
  ): Promise<CheckedAssignment | { receipt: AssignmentReceipt }> {
    const { request, account, state, wallet, walletRow } = await this.lockForAssignment(em, command);
    assertServedByStaff(caller, request);
    const existing = account ? null : await this.readExisting(em, request, command.socialAccountId);
    if (existing) return { receipt: toExistingReceipt(request, existing, wallet) };
    assertOpen(request);
    const claim = this.claims.ensureClaimedSql(caller, request);
    await assertCurrent(em, request, command.version);
    assertReplyRead(request);
    assertNotSuspended(request);
    assertExpectedPrice(wallet.priceCents, command.expectedPriceCents);
    if (account?.sandbox !== request.sandbox) throw await explainUnavailable(em, command.socialAccountId, request);
    return { command, request, account, state, wallet, walletRow, claim };
  }

  /** Takes the account, opens its lease and counts it. */
  private takeAndCountSql(
    caller: Insider,
    { command, request, wallet, claim }: CheckedAssignment,
    now: Date,
  ): { changes: Record<'account' | 'opened' | 'counted', Sql>; lease: OpenedLease } {
    const terms = toTerms(caller, request, command, wallet.priceCents, now);
    const { parts, lease } = this.leases.takeAndOpenSql(terms, request.sandbox);
    return { changes: { ...parts, counted: this.incrementAssignedSql(request, now, claim) }, lease };
  }

  /** The audit entries and events. */
  private recordSql(
    em: EntityManager,
    caller: Insider,
    { request, account }: CheckedAssignment,
    { lease, transactionId, after }: { lease: OpenedLease; transactionId: string; after: ChangedRequest },
  ): Record<string, Sql> {
    const entries = toAuditEntries(request, lease, account.handle).map((entry, n) => [
      `audit_${n}`,
      this.audit.recordSql(caller, entry),
    ]);
    const opened = { row: toOpenedRow(lease, account, request.partnerRequestId), transactionId };
    const events = this.events.insertSql(em, toEvents(request, opened, after)).statement;
    return { ...(Object.fromEntries(entries) as Record<string, Sql>), events };
  }

  private async changeAndRead(
    em: EntityManager,
    request: LockedRequest,
    { counted, ...changes }: Record<'counted' | 'account' | 'opened', Sql>,
  ): Promise<ChangedRequest> {
    // PostgreSQL takes a part that retires a note, as the last account's may, at the top of a statement alone.
    const [, , [after]] = await queryTogether<[object, object, ChangedRequest]>(em, [
      togetherSql(changes),
      counted,
      changedRequestSql(request),
    ]);
    return after!;
  }

  /** Locks the request and then the account, if it is available, and reads what an assignment looks at. */
  private async lockForAssignment(em: EntityManager, { leaseRequestId, socialAccountId }: AssignAccount) {
    const [locked, requests, [account], [state], wallets] = await queryTogether<ToAssign>(em, [
      ...lockRequestSql(leaseRequestId),
      this.leases.lockAvailableSql(socialAccountId),
      changedRequestSql({ id: leaseRequestId }),
      this.wallets.previewBeforeLockSql(sql`(SELECT organization_id FROM lease_request WHERE id = ${leaseRequestId})`),
    ]);
    const request = toLocked([locked, requests]);
    return { request, account, state: state!, wallet: toPreview(wallets), walletRow: wallets[0]! };
  }

  /** The live lease that an account has by this request. An available account has none. */
  private readExisting(em: EntityManager, request: LockedRequest, socialAccountId: string): Promise<Lease | null> {
    return queryRow<Lease>(
      em,
      sql`SELECT ${leaseColumns} FROM lease
           WHERE lease_request_id = ${request.id} AND social_account_id = ${socialAccountId} AND ${isLiveSql()}`,
    );
  }

  /** The last assignment closes the request and ends its blocker. */
  private incrementAssignedSql(request: LockedRequest, now: Date, claim: Sql): Sql {
    const assignedCount = request.assignedCount + 1;
    if (assignedCount < request.count) return this.transitions.changeAssignedCountSql(request, 1, now, claim);
    const final = { status: 'assigned' as const, by: 'staff' as const, outcomeReason: null, assignedCount };
    return this.transitions.closeSql(request, final, now);
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

/** Nothing was charged now. */
function toExistingReceipt(
  request: LockedRequest,
  lease: Lease,
  { balanceCents, owedCents }: WalletPreview,
): AssignmentReceipt {
  return toReceipt(request, lease, { balanceAfterCents: balanceCents, owedAfterCents: owedCents }, true);
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

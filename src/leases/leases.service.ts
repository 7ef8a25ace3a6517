import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor, Insider, PartnerCaller } from '../authorization/actor.js';
import { AuditService, type AuditEntry } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { toPage, readCursor, type Page } from '../core/pages.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows, queryWithCommit, sql, togetherSql, type Sql } from '../core/sql.js';
import { isLiveSql } from './lease-sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { lowEndsSql } from '../wallets/wallet-sql.js';
import { CreditedWallet, type WalletNow } from '../wallets/credited-wallet.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { DisconnectLease, ReleaseLease } from './commands.js';
import { LeaseEvents } from './lease-events.js';
import {
  leasedAccountColumns,
  leasedAccountSource,
  toLeasedAccount,
  toLeasedAccountsSql,
  type LeasedAccount,
  type LeasedAccountListRow,
  type LeasedAccountRow,
  type LeasedAccountsQuery,
} from './leased-account.js';
import { isLive, isMonthRunning, leaseColumns, LeaseLifecycle, type Lease } from './lease-lifecycle.js';

/** The answer to a release (contract: DELETE /v1/leased-accounts/:socialAccountId). */
export interface ReleaseReceipt {
  socialAccountId: string;
  status: 'disconnected';
  disconnectedReason: 'released_by_partner';
  disconnectedAt: string;
}

export interface DisconnectReceipt {
  leaseId: string;
  socialAccountId: string;
  refundedCents: number;
  /** The part of the refund that settled the amount owed. */
  settledCents: number;
  wallet: WalletNow;
}

export interface ReleaseAccount {
  socialAccountId: string;
  reason?: string;
}

/** The lease and its account, as an item of the list too. */
export type LeaseToRelease = Lease & LeasedAccountRow & { accountStatus: string };

/** Lists leases, and ends them before their next renewal. */
@Injectable()
export class LeasesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly lifecycle: LeaseLifecycle,
    private readonly wallets: WalletsService,
    private readonly creditedWallet: CreditedWallet,
    private readonly leaseEvents: LeaseEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends a partner's own live lease at once; the account returns to the pool, nothing is refunded.
   * @throws NotFound when the account is not leased to this organization, or no longer
   */
  async release(em: EntityManager, caller: PartnerCaller, command: ReleaseAccount): Promise<ReleaseReceipt> {
    const locked = await queryRows<LeaseToRelease>(em, this.lockToReleaseSql(caller, command));
    return this.releaseLocked(em, caller, command, locked);
  }

  /** The statement that {@link releaseLocked} gets the row of. */
  lockToReleaseSql({ organizationId }: PartnerCaller, { socialAccountId }: ReleaseAccount): Sql {
    return lockLeasedSql(
      sql`lease.social_account_id = ${socialAccountId} AND lease.organization_id = ${organizationId} AND ${isLiveSql()}`,
    );
  }

  /** @throws NotFound when the account is not leased to this organization, or no longer */
  async releaseLocked(
    em: EntityManager,
    caller: PartnerCaller,
    { reason }: ReleaseAccount,
    [lease]: LeaseToRelease[],
  ): Promise<ReleaseReceipt> {
    if (!lease) throw new NotFound('This leased account');
    return this.endReleased(em, caller, lease, reason ?? null);
  }

  /**
   * Ends a live lease for its partner, who cannot do it while suspended; the account returns to the pool, nothing is refunded.
   * @throws Conflict when the lease has ended already, NotFound, ValidationFailed
   */
  async releaseFor(caller: Insider, input: ReleaseLease): Promise<ReleaseReceipt> {
    assertAllowed(caller, 'disconnect');
    const command = validated(ReleaseLease, input);
    return this.transactions.run(async (em) => {
      const { id } = await this.lockLive(em, caller, command.leaseId);
      const lease = await queryRow<LeaseToRelease>(em, lockLeasedSql(sql`lease.id = ${id}`));
      return this.endReleased(em, caller, lease!, command.reason.trim());
    });
  }

  /**
   * Ends a live lease whose account was banned or lost: the account is quarantined, and the newest charge refunded if `refund` is set
   * and the paid month is not over.
   * @throws Conflict when the lease has ended already, NotFound, ValidationFailed
   */
  async disconnect(caller: Insider, input: DisconnectLease): Promise<DisconnectReceipt> {
    assertAllowed(caller, 'disconnect');
    const command = validated(DisconnectLease, input);
    const { change, wallet } = await this.creditedWallet.run(async (em) => {
      const lease = await this.lockLive(em, caller, command.leaseId);
      const now = this.clock.now();
      await this.lifecycle.end(em, lease, 'removed_by_layers', now);
      const { handle } = await this.lifecycle.returnAccount(
        em,
        lease.socialAccountId,
        { quarantinedBecause: command.reason.trim() },
        now,
      );
      // The last paid month of a lease that is due or past due is used up.
      const refund =
        command.refund && isMonthRunning(lease, now)
          ? await this.wallets.refundNewestCharge(em, caller, lease, command.reason.trim())
          : await this.wallets.noRefund(em, lease.organizationId);
      const { refundedCents } = refund;
      await this.audit.record(em, caller, {
        type: 'leased_account.disconnected',
        ...toAuditObject(lease),
        data: { socialAccountId: lease.socialAccountId, disconnectedReason: 'removed_by_layers', refundedCents },
        internal: {
          leaseId: lease.id,
          handle,
          reason: command.reason,
          before: { status: lease.status },
          after: { status: 'ended' },
        },
      });
      const { transactionId } = refund;
      await this.leaseEvents.record(em, lease.organizationId, [
        { type: 'leased_account.disconnected', leaseId: lease.id, transactionId },
      ]);
      return { ...refund, leaseId: lease.id, socialAccountId: lease.socialAccountId };
    });
    const { leaseId, socialAccountId, refundedCents, settledCents } = change;
    return { leaseId, socialAccountId, refundedCents, settledCents, wallet };
  }

  private async lockLive(em: EntityManager, caller: Insider, leaseId: string): Promise<Lease> {
    const lease = await queryRow<Lease & { sandbox: boolean }>(
      em,
      sql`SELECT ${leaseColumns}, lease.sandbox FROM lease WHERE id = ${leaseId} FOR UPDATE`,
    );
    if (!lease) throw new NotFound('This lease');
    if (lease.sandbox && caller.kind === 'staff') {
      throw new Conflict('not_allowed_now', 'This lease is a sandbox’s; its partner ends it. Nothing was changed.');
    }
    if (!isLive(lease)) throw new Conflict('not_allowed_now', 'This lease has already ended; nothing was changed.');
    return lease;
  }

  private async endReleased(
    em: EntityManager,
    caller: Actor,
    lease: LeaseToRelease,
    reason: string | null,
  ): Promise<ReleaseReceipt> {
    if (lease.accountStatus !== 'assigned') {
      throw new Error(`an account of a live lease was not assigned: ${lease.socialAccountId}`);
    }
    const now = this.clock.now();
    const ended = { endedAt: now, endReason: 'released_by_partner' as const, nextRenewalAt: null, pastDueSince: null };
    const change = { type: 'leased_account.disconnected' as const, leaseId: lease.id, transactionId: null };
    const events = this.leaseEvents.insertSql(em, lease.organizationId, [change], [{ ...lease, ...ended }]);
    const release = togetherSql({
      ended: this.lifecycle.endSql([lease.id], 'released_by_partner', now),
      returned: this.lifecycle.returnSql(em, [lease.socialAccountId], 'used', now),
      audit: this.audit.recordSql(caller, toReleasedEntry(lease, lease.handle, reason)),
      events,
    });
    await queryWithCommit(em, release);
    for (const statement of lowEndsSql(lease.organizationId)) {
      await queryWithCommit(em, statement, lease.organizationId);
    }
    return {
      socialAccountId: lease.socialAccountId,
      status: 'disconnected',
      disconnectedReason: 'released_by_partner',
      disconnectedAt: now.toISOString(),
    };
  }

  /** A partner's leases, newest assigned first; none where the query names another's project. @throws ValidationFailed on a cursor of another list */
  async list(caller: PartnerCaller, query: LeasedAccountsQuery): Promise<Page<LeasedAccount>> {
    return (await this.readPage(caller, query)).page;
  }

  /** @throws NotFound for another's project, ValidationFailed on a cursor of another list */
  async listOfProject(
    caller: PartnerCaller,
    projectId: string,
    query: Omit<LeasedAccountsQuery, 'projectId'>,
  ): Promise<Page<LeasedAccount>> {
    const { isOwn, page } = await this.readPage(caller, { ...query, projectId });
    if (!isOwn) throw new NotFound('This project');
    return page;
  }

  private async readPage(
    caller: PartnerCaller,
    query: LeasedAccountsQuery,
  ): Promise<{ isOwn: boolean; page: Page<LeasedAccount> }> {
    const list = ['leased-accounts', caller.organizationId, query.projectId ?? null, query.status];
    const after = readCursor(query.cursor, list);
    const rows = await queryRows<LeasedAccountListRow>(
      this.dataSource.manager,
      toLeasedAccountsSql(caller, query, after),
    );
    const found = rows.filter(({ leaseId }) => leaseId !== null);
    const toPosition = (row: LeasedAccountRow) => ({ at: row.assignedAt, id: row.leaseId });
    return { isOwn: rows[0]!.isOwn, page: toPage(found, query.limit, list, toPosition, toLeasedAccount) };
  }
}

/** Locks a lease and then its account. @param condition of one lease */
function lockLeasedSql(condition: Sql): Sql {
  return sql`SELECT ${leaseColumns}, ${leasedAccountColumns}, account.status AS "accountStatus"
               FROM ${leasedAccountSource} WHERE ${condition} FOR UPDATE OF lease, account`;
}

function toReleasedEntry(lease: Lease, handle: string, reason: string | null): AuditEntry {
  return {
    type: 'leased_account.released',
    ...toAuditObject(lease),
    data: { socialAccountId: lease.socialAccountId, disconnectedReason: 'released_by_partner' },
    internal: {
      leaseId: lease.id,
      handle,
      reason,
      before: { status: lease.status },
      after: { status: 'ended' },
    },
  };
}

function toAuditObject(lease: Lease) {
  return {
    organizationId: lease.organizationId,
    projectId: lease.projectId,
    objectId: lease.socialAccountId,
    leaseRequestId: lease.leaseRequestId,
  };
}

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainEvents } from '../core/domain-events.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { isAvailableSql } from '../account-pool/account-sql.js';
import { isOneOfSql, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { addBillingMonths } from '../core/billing-calendar.js';
import type { PastDue } from './grace.js';

export type LeaseStatus = 'active' | 'past_due' | 'ended' | 'undone';
export type LeaseEndReason = 'released_by_partner' | 'billing_exhausted' | 'removed_by_layers' | 'replaced';

export interface Lease {
  id: string;
  leaseRequestId: LeaseRequestId;
  organizationId: string;
  projectId: string;
  socialAccountId: string;
  priceCents: number;
  assignedAt: Date;
  assignedBy: string;
  nextRenewalAt: Date | null;
  status: LeaseStatus;
  /** When its place in the request was first filled, by this lease or one that it replaced. */
  placeSince: Date;
}

export interface LeaseTerms {
  leaseRequestId: LeaseRequestId;
  organizationId: string;
  projectId: string;
  socialAccountId: string;
  priceCents: number;
  assignedAt: Date;
  assignedBy: string;
  /** The lease whose place in the request and billing period this one takes over. */
  replaces?: {
    leaseId: string;
    placeId: string;
    placeSince: Date;
    anchorDay: number;
    period: { start: Date; end: Date };
    /** Its unpaid month; the grace period continues. */
    pastDue: PastDue | null;
  };
}

/** `billedFrom` and `nextRenewalAt` are the period that the first charge pays for. */
export type OpenedLease = Lease & { nextRenewalAt: Date; billedFrom: Date };

/** The columns of a {@link Lease}. */
export const leaseColumns = sql`lease.id, lease.lease_request_id AS "leaseRequestId", lease.organization_id AS "organizationId",
  lease.project_id AS "projectId", lease.social_account_id AS "socialAccountId", lease.price_cents AS "priceCents",
  lease.assigned_at AS "assignedAt", lease.assigned_by AS "assignedBy", lease.next_renewal_at AS "nextRenewalAt", lease.status,
  coalesce(lease.place_since, lease.assigned_at) AS "placeSince"`;

const HOUR_MS = 3_600_000;

type ReturnReason = 'unused' | 'used' | { quarantinedBecause: string };

/** Opens and ends leases, inside the caller's transaction. Nothing else makes an account `assigned` or ends that. */
@Injectable()
export class LeaseLifecycle {
  constructor(
    private readonly domainEvents: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  async open(em: EntityManager, terms: LeaseTerms): Promise<OpenedLease> {
    const { statement, lease } = this.openSql(terms, sql`(SELECT) once`);
    await queryRows(em, statement);
    return lease;
  }

  /**
   * Takes an account and opens the lease of it, as parts of one statement.
   * @returns the parts, which do nothing where the account is not available, and the lease that they open
   */
  takeAndOpenSql(terms: LeaseTerms, sandbox: boolean): { parts: { account: Sql; opened: Sql }; lease: OpenedLease } {
    const { statement: opened, lease } = this.openSql(terms, sql`account`);
    return { parts: { account: takeAccountSql(terms.socialAccountId, sandbox, terms.assignedAt), opened }, lease };
  }

  /** @param source a table expression: the lease is opened where it has a row, and it has at most one */
  private openSql(terms: LeaseTerms, source: Sql): { statement: Sql; lease: OpenedLease } {
    const { replaces, ...rest } = terms;
    const anchorDay = replaces?.anchorDay ?? terms.assignedAt.getUTCDate();
    const nextRenewalAt = replaces?.period.end ?? addBillingMonths(terms.assignedAt, anchorDay, 1);
    const pastDue = replaces?.pastDue ?? null;
    const status = pastDue ? 'past_due' : 'active';
    const id = newId('lse');
    const statement = sql`INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by,
                          anchor_day, next_renewal_at, status, past_due_since, retry_at, grace_days_tried, replaces_id, place_id, place_since,
                          billed_from)
       SELECT ${id}, ${terms.leaseRequestId}, ${terms.organizationId}, ${terms.projectId}, ${terms.socialAccountId}, ${terms.priceCents},
              ${terms.assignedAt}, ${terms.assignedBy}, ${anchorDay}, ${nextRenewalAt}, ${status}, ${pastDue?.pastDueSince ?? null},
              ${pastDue?.retryAt ?? null}, ${pastDue?.graceDaysTried ?? 0}, ${replaces?.leaseId ?? null}, ${replaces?.placeId ?? null},
              ${replaces?.placeSince ?? null}, ${replaces?.period.start ?? null}
         FROM ${source}`;
    const placeSince = replaces?.placeSince ?? terms.assignedAt;
    const billedFrom = replaces?.period.start ?? terms.assignedAt;
    return { statement, lease: { id, ...rest, nextRenewalAt, status, placeSince, billedFrom } };
  }

  /** Stores the account's handle and followers with the ended lease. @param lease locked and live */
  end(em: EntityManager, lease: Lease, reason: LeaseEndReason, endedAt: Date): Promise<void> {
    return this.endAll(em, lease.organizationId, [lease.id], reason, endedAt);
  }

  /** @param leaseIds locked and live, of the organization */
  async endAll(
    em: EntityManager,
    organizationId: string,
    leaseIds: readonly string[],
    reason: LeaseEndReason,
    endedAt: Date,
  ): Promise<void> {
    this.domainEvents.publish(em, 'walletChanged', { organizationId });
    await queryRows(em, this.endSql(leaseIds, reason, endedAt));
  }

  /** The statement of {@link endAll}, for a caller who compares the wallet with its threshold in another way. */
  endSql(leaseIds: readonly string[], reason: LeaseEndReason, endedAt: Date): Sql {
    return sql`UPDATE lease
          SET status = 'ended', end_reason = ${reason}, ended_at = ${endedAt}, next_renewal_at = NULL, past_due_since = NULL, retry_at = NULL,
              handle_at_end = account.handle, followers_at_end = account.followers
         FROM social_account account
        WHERE ${isOneOfSql(sql`lease.id`, leaseIds)} AND account.id = lease.social_account_id`;
  }

  /** @param lease locked and live */
  async undo(em: EntityManager, lease: Lease, undoneAt: Date): Promise<void> {
    this.domainEvents.publish(em, 'walletChanged', { organizationId: lease.organizationId });
    await queryRows(
      em,
      sql`UPDATE lease SET status = 'undone', ended_at = ${undoneAt}, next_renewal_at = NULL, past_due_since = NULL, retry_at = NULL
        WHERE id = ${lease.id}`,
    );
  }

  /** Locks accounts in the order of their ids, as every transaction does. */
  async lockAccounts(em: EntityManager, ids: readonly string[]): Promise<void> {
    await queryRows(em, sql`SELECT id FROM social_account WHERE id = ANY (${ids}) ORDER BY id FOR UPDATE`);
  }

  /** Locks an account that may be taken, and reads what its lease tells of it. */
  lockAvailableSql(socialAccountId: string): Sql {
    return sql`SELECT handle, followers, sandbox FROM social_account
                WHERE id = ${socialAccountId} AND ${isAvailableSql()} FOR NO KEY UPDATE`;
  }

  /** Makes an account `assigned`; `null` when it is not available. */
  takeAccount(em: EntityManager, socialAccountId: string, sandbox: boolean, now: Date) {
    return queryRow<{ id: string; handle: string }>(em, takeAccountSql(socialAccountId, sandbox, now));
  }

  /**
   * Returns the account of a lease that has just ended to the pool, or quarantines it. A used account is `resetting` first, for
   * `RELEASE_HOLD_HOURS`; one whose assignment was undone is unused.
   */
  async returnAccount(
    em: EntityManager,
    socialAccountId: string,
    to: ReturnReason,
    now: Date,
  ): Promise<{ handle: string }> {
    const [account] = await this.returnAccounts(em, [socialAccountId], to, now);
    return account!;
  }

  /** The same for several accounts, published as one event. */
  async returnAccounts(
    em: EntityManager,
    socialAccountIds: readonly string[],
    to: ReturnReason,
    now: Date,
  ): Promise<{ handle: string }[]> {
    const accounts = await queryRows<{ handle: string }>(em, this.returnSql(em, socialAccountIds, to, now));
    if (accounts.length < socialAccountIds.length) {
      throw new Error(`an account of a live lease was not assigned: ${socialAccountIds.join(', ')}`);
    }
    return accounts;
  }

  /** The statement of {@link returnAccounts}, which returns the accounts that it changes. */
  returnSql(em: EntityManager, socialAccountIds: readonly string[], to: ReturnReason, now: Date): Sql {
    const isHeld = to === 'used' && this.settings.releaseHoldHours > 0;
    const resettingUntil = isHeld ? new Date(now.getTime() + this.settings.releaseHoldHours * HOUR_MS) : null;
    const quarantine = typeof to === 'object' ? to : null;
    const status = quarantine ? 'quarantined' : isHeld ? 'resetting' : 'available';
    if (status === 'available') {
      const [socialAccountId] = socialAccountIds;
      const isOne = socialAccountIds.length === 1 && socialAccountId !== undefined;
      this.domainEvents.publish(em, 'accountsBecameAvailable', isOne ? { socialAccountId } : { since: now });
    }
    return sql`UPDATE social_account
          SET status = ${status}, status_reason = ${quarantine?.quarantinedBecause ?? null}, resetting_until = ${resettingUntil},
              turnaround = '{}', updated_at = ${now},
              released_at = CASE WHEN ${to === 'used'}::boolean THEN ${now}::timestamptz ELSE released_at END
        WHERE ${isOneOfSql(sql`id`, socialAccountIds)} AND status = 'assigned' RETURNING handle`;
  }
}

function takeAccountSql(socialAccountId: string, sandbox: boolean, now: Date): Sql {
  return sql`UPDATE social_account SET status = 'assigned', status_reason = NULL, updated_at = ${now}
              WHERE id = ${socialAccountId} AND ${isAvailableSql()} AND sandbox = ${sandbox} RETURNING id, handle`;
}

/** {@link isLiveSql} is the same in SQL. */
export function isLive(lease: { status: LeaseStatus }): boolean {
  return lease.status === 'active' || lease.status === 'past_due';
}

/** Whether the last paid month of a live lease is not over. */
export function isMonthRunning({ nextRenewalAt }: Pick<Lease, 'nextRenewalAt'>, now: Date): boolean {
  return nextRenewalAt !== null && nextRenewalAt > now;
}

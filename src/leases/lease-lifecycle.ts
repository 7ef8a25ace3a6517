import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainEvents } from '../core/domain-events.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { addBillingMonths } from '../core/billing-calendar.js';
import type { PastDue } from './grace.js';

export type LeaseStatus = 'active' | 'past_due' | 'ended' | 'undone';
export type LeaseEndReason = 'released_by_partner' | 'billing_exhausted' | 'removed_by_layers' | 'replaced';

/** A lease as the money path sees it; cents. */
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
  /** When its place was first filled, by itself or by one it took over from. */
  placeSince: Date;
}

/** What a lease is opened from. */
export interface LeaseTerms {
  leaseRequestId: LeaseRequestId;
  organizationId: string;
  projectId: string;
  socialAccountId: string;
  priceCents: number;
  assignedAt: Date;
  assignedBy: string;
  /** The lease whose place and billing period this one takes over. */
  replaces?: {
    leaseId: string;
    placeId: string;
    placeSince: Date;
    anchorDay: number;
    period: { start: Date; end: Date };
    /** Of its next month, which is owed; the grace goes on. */
    pastDue: PastDue | null;
  };
}

/** A lease that was just opened, with the period that its first charge pays for. */
export type OpenedLease = Lease & { nextRenewalAt: Date; billedFrom: Date };

/** The columns of a {@link Lease}. */
export const leaseColumns = sql`lease.id, lease.lease_request_id AS "leaseRequestId", lease.organization_id AS "organizationId",
  lease.project_id AS "projectId", lease.social_account_id AS "socialAccountId", lease.price_cents AS "priceCents",
  lease.assigned_at AS "assignedAt", lease.assigned_by AS "assignedBy", lease.next_renewal_at AS "nextRenewalAt", lease.status,
  coalesce(lease.place_since, lease.assigned_at) AS "placeSince"`;

/** In what state an account comes back. */
type ReturnReason = 'unused' | 'used' | { quarantinedBecause: string };

/** The moves of a lease and of its account, inside a transaction of the caller's. Only here does an account become, or stop being, assigned. */
@Injectable()
export class LeaseLifecycle {
  constructor(
    private readonly announcements: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  async open(em: EntityManager, terms: LeaseTerms): Promise<OpenedLease> {
    const { replaces, ...rest } = terms;
    const anchorDay = replaces?.anchorDay ?? terms.assignedAt.getUTCDate();
    const nextRenewalAt = replaces?.period.end ?? addBillingMonths(terms.assignedAt, anchorDay, 1);
    const pastDue = replaces?.pastDue ?? null;
    const status = pastDue ? 'past_due' : 'active';
    const id = newId('lse');
    await queryRows(
      em,
      `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by,
                          anchor_day, next_renewal_at, status, past_due_since, retry_at, grace_days_tried, replaces_id, place_id, place_since,
                          billed_from)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
      [
        id,
        terms.leaseRequestId,
        terms.organizationId,
        terms.projectId,
        terms.socialAccountId,
        terms.priceCents,
        terms.assignedAt,
        terms.assignedBy,
        anchorDay,
        nextRenewalAt,
        status,
        pastDue?.pastDueSince ?? null,
        pastDue?.retryAt ?? null,
        pastDue?.graceDaysTried ?? 0,
        replaces?.leaseId ?? null,
        replaces?.placeId ?? null,
        replaces?.placeSince ?? null,
        replaces?.period.start ?? null,
      ],
    );
    const placeSince = replaces?.placeSince ?? terms.assignedAt;
    return { id, ...rest, nextRenewalAt, status, placeSince, billedFrom: replaces?.period.start ?? terms.assignedAt };
  }

  /** Ends a lease whose row is locked and live, with its account as it was on that day. */
  end(em: EntityManager, lease: Pick<Lease, 'id'>, reason: LeaseEndReason, endedAt: Date): Promise<void> {
    return this.endAll(em, [lease.id], reason, endedAt);
  }

  /** The same for many. */
  async endAll(em: EntityManager, leaseIds: readonly string[], reason: LeaseEndReason, endedAt: Date): Promise<void> {
    await queryRows(
      em,
      `UPDATE lease SET status = 'ended', end_reason = $2, ended_at = $3, next_renewal_at = NULL, past_due_since = NULL, retry_at = NULL,
              handle_at_end = account.handle, followers_at_end = account.followers
         FROM social_account account
        WHERE lease.id = ANY ($1) AND account.id = lease.social_account_id`,
      [leaseIds, reason, endedAt],
    );
  }

  /** Takes a lease back as if it had not been; its row is locked and live. */
  async undo(em: EntityManager, lease: Lease, undoneAt: Date): Promise<void> {
    await queryRows(
      em,
      `UPDATE lease SET status = 'undone', ended_at = $2, next_renewal_at = NULL, past_due_since = NULL, retry_at = NULL WHERE id = $1`,
      [lease.id, undoneAt],
    );
  }

  /** Holds several accounts, in the order that everybody takes them in, for a change of each. */
  async lockAccounts(em: EntityManager, ids: readonly string[]): Promise<void> {
    await queryRows(em, 'SELECT id FROM social_account WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
  }

  /** Takes the account out of the pool if it is free; `null` when it is not. */
  takeAccount(em: EntityManager, socialAccountId: string, sandbox: boolean, now: Date) {
    return queryRow<{ id: string; handle: string }>(
      em,
      `UPDATE social_account SET status = 'assigned', status_reason = NULL, updated_at = $3
        WHERE id = $1 AND status = 'available' AND sandbox = $2 RETURNING id, handle`,
      [socialAccountId, sandbox, now],
    );
  }

  /**
   * Gives the account of a lease that has just ended back to the pool, or sets it aside. One that a partner has used rests first
   * for as long as the settings say; after an undo nobody has used it.
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

  /** The same for many, told in one announcement. */
  async returnAccounts(
    em: EntityManager,
    socialAccountIds: readonly string[],
    to: ReturnReason,
    now: Date,
  ): Promise<{ handle: string }[]> {
    const rests = to === 'used' && this.settings.releaseHoldHours > 0;
    const restsUntil = rests ? new Date(now.getTime() + this.settings.releaseHoldHours * 3_600_000) : null;
    const set = typeof to === 'object';
    const status = set ? 'quarantined' : rests ? 'resetting' : 'available';
    const accounts = await queryRows<{ handle: string }>(
      em,
      `UPDATE social_account
          SET status = $2, status_reason = $3, resetting_until = $4, turnaround = '{}', updated_at = $5,
              released_at = CASE WHEN $6::boolean THEN $5::timestamptz ELSE released_at END
        WHERE id = ANY ($1) AND status = 'assigned' RETURNING handle`,
      [socialAccountIds, status, set ? to.quarantinedBecause : null, restsUntil, now, to === 'used'],
    );
    if (accounts.length < socialAccountIds.length) {
      throw new Error(`an account of a live lease was not assigned: ${socialAccountIds.join(', ')}`);
    }
    if (status === 'available') {
      const [socialAccountId] = socialAccountIds;
      const isOne = socialAccountIds.length === 1 && socialAccountId !== undefined;
      this.announcements.publish(em, 'accountsBecameAvailable', isOne ? { socialAccountId } : { since: now });
    }
    return accounts;
  }
}

/** Whether a lease still holds its account. */
export function isLive(lease: { status: LeaseStatus }): boolean {
  return lease.status === 'active' || lease.status === 'past_due';
}

/** Whether the month that a live lease was paid for last is not over. */
export function isMonthRunning({ nextRenewalAt }: Pick<Lease, 'nextRenewalAt'>, now: Date): boolean {
  return nextRenewalAt !== null && nextRenewalAt > now;
}

import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';
import type { Insider, SystemCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { validated, IsListOf, IsText } from '../core/validation.js';
import { queryRow, queryRows, sql, literal } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import type { AccountStatus } from './account-status.js';

/** What staff check on a returned account before the next partner gets it. */
export const turnaroundItems = ['bio', 'link', 'posts', 'credentials'] as const;
export type TurnaroundItem = (typeof turnaroundItems)[number];

export class CheckTurnaround {
  @IsText(1, 100)
  socialAccountId: string;
  /** Added to the items that are checked already. */
  @IsListOf(1, turnaroundItems.length, (item) =>
    (turnaroundItems as readonly unknown[]).includes(item) ? null : `must be one of ${turnaroundItems.join(', ')}`,
  )
  items: TurnaroundItem[];
}

/** An account with the checked items of its turnaround. */
export interface Turnaround {
  socialAccountId: string;
  handle: string;
  status: AccountStatus;
  turnaround: TurnaroundItem[];
}

const MINUTE_MS = 60_000;
const BATCH_SIZE = 200;
const columns = sql`id AS "socialAccountId", handle, status, turnaround`;

/** Accounts between two partners: `resetting` ends after a set time, or when every item is checked. */
@Injectable()
export class TurnaroundService {
  constructor(
    private readonly transactions: Transactions,
    private readonly domainEvents: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks items of an account's turnaround; with the last one a resetting account is available at once.
   * @throws Conflict when the account is a sandbox's, or neither resetting nor available, NotFound, ValidationFailed, ForbiddenRole
   */
  async check(caller: Insider, input: object): Promise<Turnaround> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId, items } = validated(CheckTurnaround, input);
    return this.transactions.run(async (em) => {
      const before = await lockAccount(em, socialAccountId);
      if (before.status !== 'resetting' && before.status !== 'available') {
        throw new Conflict('not_allowed_now', `@${before.handle} is ${before.status}; it has no open checklist.`);
      }
      const turnaround = turnaroundItems.filter((item) => items.includes(item) || before.turnaround.includes(item));
      if (turnaround.length === before.turnaround.length) return before;
      const isComplete = turnaround.length === turnaroundItems.length;
      return this.move(em, caller, before, { ...before, turnaround, status: isComplete ? 'available' : before.status });
    });
  }

  /** Makes accounts available whose time of resetting is over. */
  @Interval(MINUTE_MS)
  async sweep(): Promise<void> {
    if (this.clock.fault) return;
    while ((await this.transactions.run((em) => this.releaseRested(em))) === BATCH_SIZE);
  }

  private async releaseRested(em: EntityManager): Promise<number> {
    const rested = await queryRows<Turnaround>(
      em,
      sql`SELECT ${columns} FROM social_account WHERE status = 'resetting' AND NOT sandbox AND resetting_until <= ${this.clock.now()}
        ORDER BY id LIMIT ${literal(BATCH_SIZE)} FOR UPDATE SKIP LOCKED`,
    );
    const caller = getSystemCaller();
    for (const before of rested) await this.move(em, caller, before, { ...before, status: 'available' }, 'rested');
    return rested.length;
  }

  private async move(
    em: EntityManager,
    caller: Insider,
    before: Turnaround,
    after: Turnaround,
    because: 'rested' | 'checked' = 'checked',
  ): Promise<Turnaround> {
    await queryRows(
      em,
      sql`UPDATE social_account
          SET status = ${after.status}, turnaround = ${after.turnaround}, updated_at = ${this.clock.now()},
              resetting_until = CASE WHEN ${after.status}::text = 'resetting' THEN resetting_until END,
              status_reason = CASE WHEN status = ${after.status} THEN status_reason END
        WHERE id = ${after.socialAccountId}`,
    );
    if (after.status !== before.status) {
      this.domainEvents.publish(em, 'accountsBecameAvailable', { socialAccountId: after.socialAccountId });
    }
    await this.audit.record(em, caller, {
      type: 'social_account.updated',
      objectId: after.socialAccountId,
      internal: { because, before: toTurnaround(before), after: toTurnaround(after) },
    });
    return after;
  }
}

/** @throws NotFound, Conflict for an account of a sandbox */
async function lockAccount(em: EntityManager, socialAccountId: string): Promise<Turnaround> {
  const found = await queryRow<Turnaround & { sandbox: boolean }>(
    em,
    sql`SELECT ${columns}, sandbox FROM social_account WHERE id = ${socialAccountId} FOR UPDATE`,
  );
  if (!found) throw new NotFound('This account');
  const { sandbox, ...account } = found;
  if (sandbox) throw new Conflict('not_allowed_now', `@${account.handle} is a sandbox’s, and cannot be changed.`);
  return account;
}

function toTurnaround({ status, turnaround }: Turnaround) {
  return { status, turnaround };
}

function getSystemCaller(): SystemCaller {
  return { kind: 'system', name: 'System', callId: newId('req') };
}

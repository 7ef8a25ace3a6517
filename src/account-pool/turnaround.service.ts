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
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import type { AccountStatus } from './account-status.js';

/** What is looked at before an account that a partner gave back goes to the next. */
export const turnaroundItems = ['bio', 'link', 'posts', 'credentials'] as const;
export type TurnaroundItem = (typeof turnaroundItems)[number];

export class CheckTurnaround {
  @IsText(1, 100)
  socialAccountId: string;
  /** What has been done; what was ticked before stays ticked. */
  @IsListOf(1, turnaroundItems.length, (item) =>
    (turnaroundItems as readonly unknown[]).includes(item) ? null : `must be one of ${turnaroundItems.join(', ')}`,
  )
  items: TurnaroundItem[];
}

/** How far an account's turnaround is. */
export interface Turnaround {
  socialAccountId: string;
  handle: string;
  status: AccountStatus;
  turnaround: TurnaroundItem[];
}

const MINUTE_MS = 60_000;
const BATCH_SIZE = 200;
const columns = `id AS "socialAccountId", handle, status, turnaround`;

/** Accounts between two partners: they rest for a while, or until somebody has gone through the list. */
@Injectable()
export class TurnaroundService {
  constructor(
    private readonly transactions: Transactions,
    private readonly announcements: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ticks items of an account's list; with the last one a resetting account is available at once.
   * @throws Conflict when the account is neither resetting nor available, NotFound, ValidationFailed, ForbiddenRole
   */
  async check(caller: Insider, input: object): Promise<Turnaround> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId, items } = validated(CheckTurnaround, input);
    return this.transactions.run(async (em) => {
      const before = await queryRow<Turnaround>(em, `SELECT ${columns} FROM social_account WHERE id = $1 FOR UPDATE`, [
        socialAccountId,
      ]);
      if (!before) throw new NotFound('This account');
      if (before.status !== 'resetting' && before.status !== 'available') {
        throw new Conflict('not_allowed_now', `@${before.handle} is ${before.status}; its list is not open.`);
      }
      const turnaround = turnaroundItems.filter((item) => items.includes(item) || before.turnaround.includes(item));
      if (turnaround.length === before.turnaround.length) return before;
      const isDone = turnaround.length === turnaroundItems.length;
      return this.move(em, caller, before, { ...before, turnaround, status: isDone ? 'available' : before.status });
    });
  }

  /** Each minute: those whose time is over are available again. */
  @Interval(MINUTE_MS)
  async sweep(): Promise<void> {
    while ((await this.transactions.run((em) => this.releaseRested(em))) === BATCH_SIZE);
  }

  private async releaseRested(em: EntityManager): Promise<number> {
    const rested = await queryRows<Turnaround>(
      em,
      `SELECT ${columns} FROM social_account WHERE status = 'resetting' AND resetting_until <= $1
        ORDER BY id LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED`,
      [this.clock.now()],
    );
    const caller = poolSystem();
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
      `UPDATE social_account
          SET status = $2, turnaround = $3, updated_at = $4,
              resetting_until = CASE WHEN $2 = 'resetting' THEN resetting_until END,
              status_reason = CASE WHEN $2 = status THEN status_reason END
        WHERE id = $1`,
      [after.socialAccountId, after.status, after.turnaround, this.clock.now()],
    );
    if (after.status !== before.status) {
      this.announcements.publish(em, 'accountsBecameAvailable', { socialAccountId: after.socialAccountId });
    }
    await this.audit.record(em, caller, {
      type: 'social_account.updated',
      objectId: after.socialAccountId,
      internal: { because, before: toTurnaround(before), after: toTurnaround(after) },
    });
    return after;
  }
}

function toTurnaround({ status, turnaround }: Turnaround) {
  return { status, turnaround };
}

function poolSystem(): SystemCaller {
  return { kind: 'system', name: 'The console', callId: newId('req') };
}

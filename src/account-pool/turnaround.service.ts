import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';
import type { Insider, SystemCaller } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { Conflict, NotFound } from '../common/errors.js';
import { Announcements } from '../common/house-events.js';
import { newId } from '../common/ids.js';
import { checked, IsListOf, IsText } from '../common/validation.js';
import { oneRow, rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { mustBeAllowed } from '../staff/permissions.js';
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
const AT_ONCE = 200;
const columns = `id AS "socialAccountId", handle, status, turnaround`;

/** Accounts between two partners: they rest for a while, or until somebody has gone through the list. */
@Injectable()
export class TurnaroundService {
  constructor(
    private readonly transactions: Transactions,
    private readonly announcements: Announcements,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ticks items of an account's list; with the last one a resetting account is available at once.
   * @throws Conflict when the account is neither resetting nor available, NotFound, ValidationFailed, ForbiddenRole
   */
  async check(caller: Insider, input: object): Promise<Turnaround> {
    mustBeAllowed(caller, 'editAccounts');
    const { socialAccountId, items } = checked(CheckTurnaround, input);
    return this.transactions.run(async (em) => {
      const before = await oneRow<Turnaround>(em, `SELECT ${columns} FROM social_account WHERE id = $1 FOR UPDATE`, [
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
    while ((await this.transactions.run((em) => this.freeRested(em))) === AT_ONCE);
  }

  private async freeRested(em: EntityManager): Promise<number> {
    const rested = await rows<Turnaround>(
      em,
      `SELECT ${columns} FROM social_account WHERE status = 'resetting' AND resetting_until <= $1
        ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`,
      [this.clock.now()],
    );
    const caller = thePool();
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
    await rows(
      em,
      `UPDATE social_account
          SET status = $2, turnaround = $3, updated_at = $4,
              resetting_until = CASE WHEN $2 = 'resetting' THEN resetting_until END,
              status_reason = CASE WHEN $2 = status THEN status_reason END
        WHERE id = $1`,
      [after.socialAccountId, after.status, after.turnaround, this.clock.now()],
    );
    if (after.status !== before.status) {
      this.announcements.announce(em, 'accountsBecameAvailable', { socialAccountId: after.socialAccountId });
    }
    await this.audit.record(em, caller, {
      type: 'social_account.updated',
      objectId: after.socialAccountId,
      internal: { because, before: stateOf(before), after: stateOf(after) },
    });
    return after;
  }
}

function stateOf({ status, turnaround }: Turnaround) {
  return { status, turnaround };
}

function thePool(): SystemCaller {
  return { kind: 'system', name: 'The console', requestId: newId('req') };
}

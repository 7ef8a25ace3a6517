import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict } from '../core/errors.js';
import { validated, IsText } from '../core/validation.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';

/** Whether assigns, renewals and refunds are stopped, since when, by whom and why. */
export interface FreezeState {
  frozenAt: Date | null;
  frozenBy: string | null;
  reason: string | null;
}

export class FreezeMoney {
  @IsText(1, 500)
  reason: string;
}

/** Stops and resumes assigns, renewals and refunds in every process; requests, top-ups and releases go on. */
@Injectable()
export class MoneyFreeze {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Freezes money. When it answers, what was being booked is committed and nothing more is; frozen already keeps the first reason.
   * @throws ValidationFailed, ForbiddenRole
   */
  async freeze(caller: Insider, input: FreezeMoney): Promise<FreezeState> {
    assertAllowed(caller, 'freezeMoney');
    const reason = validated(FreezeMoney, input).reason.trim();
    return this.change(async (em, before) => {
      if (before.frozenAt) return before;
      const after = { frozenAt: this.clock.now(), frozenBy: getActorId(caller), reason };
      await queryRows(
        em,
        'UPDATE house_state SET frozen_at = $1, frozen_by = $2, freeze_reason = $3',
        Object.values(after),
      );
      await this.audit.record(em, caller, { type: 'money.frozen', objectId: 'money', internal: { reason } });
      return after;
    });
  }

  /** Lets money flow again; not frozen is the same answer. @throws ForbiddenRole */
  async thaw(caller: Insider): Promise<FreezeState> {
    assertAllowed(caller, 'freezeMoney');
    return this.change(async (em, before) => {
      if (!before.frozenAt) return before;
      await queryRows(em, 'UPDATE house_state SET frozen_at = NULL, frozen_by = NULL, freeze_reason = NULL');
      await this.audit.record(em, caller, { type: 'money.thawed', objectId: 'money', internal: { before } });
      return { frozenAt: null, frozenBy: null, reason: null };
    });
  }

  state(em: EntityManager = this.dataSource.manager): Promise<FreezeState> {
    return toFreezeState(em);
  }

  /**
   * Asked by every transaction that assigns, renews or refunds, before it books. It holds off a freeze until the commit.
   * @throws Conflict (`money_frozen`)
   */
  async assertNotFrozen(em: EntityManager): Promise<void> {
    const found = await queryRow<{ reason: string | null }>(em, 'SELECT money_frozen_because() AS reason');
    if (found!.reason === null) return;
    throw new Conflict('money_frozen', `Money is frozen (${found!.reason}); nothing was changed.`);
  }

  /** Waits for every transaction that was told that money flows. */
  private change(work: (em: EntityManager, before: FreezeState) => Promise<FreezeState>): Promise<FreezeState> {
    return this.transactions.run(async (em) => {
      await queryRows(em, 'SELECT pg_advisory_xact_lock(7214530004)');
      return work(em, await toFreezeState(em));
    });
  }
}

async function toFreezeState(em: EntityManager): Promise<FreezeState> {
  const state = await queryRow<FreezeState>(
    em,
    `SELECT house_state.frozen_at AS "frozenAt", coalesce(staff_user.name, house_state.frozen_by) AS "frozenBy",
            house_state.freeze_reason AS reason
       FROM house_state LEFT JOIN staff_user ON staff_user.id = house_state.frozen_by`,
  );
  return state!;
}

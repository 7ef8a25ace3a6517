import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict } from '../core/errors.js';
import { validated, IsText } from '../core/validation.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { assertAllowed } from '../authorization/permissions.js';

/** All `null` while money is not frozen. */
export interface FreezeState {
  frozenAt: Date | null;
  frozenBy: string | null;
  reason: string | null;
}

export class FreezeMoney {
  @IsText(1, 500)
  reason: string;
}

/** The lock that `money_frozen_because()` takes shared. */
const FREEZE_LOCK = 7_214_530_004;

/** Stops and resumes assignments, renewals and refunds in every process; requests, top-ups and releases go on. */
@Injectable()
export class MoneyFreeze {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Once it has answered, no transaction that assigns, renews or refunds is open or can begin. A repeated freeze keeps the first reason.
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
        sql`UPDATE house_state SET frozen_at = ${after.frozenAt}, frozen_by = ${after.frozenBy}, freeze_reason = ${reason}`,
      );
      await this.audit.record(em, caller, { type: 'money.frozen', objectId: 'money', internal: { reason } });
      return after;
    });
  }

  /** @throws ForbiddenRole */
  async thaw(caller: Insider): Promise<FreezeState> {
    assertAllowed(caller, 'freezeMoney');
    return this.change(async (em, before) => {
      if (!before.frozenAt) return before;
      await queryRows(em, sql`UPDATE house_state SET frozen_at = NULL, frozen_by = NULL, freeze_reason = NULL`);
      await this.audit.record(em, caller, { type: 'money.thawed', objectId: 'money', internal: { before } });
      return { frozenAt: null, frozenBy: null, reason: null };
    });
  }

  state(em: EntityManager = this.dataSource.manager): Promise<FreezeState> {
    return readFreezeState(em);
  }

  /**
   * Every transaction that assigns, renews or refunds calls it before it books. A freeze waits until that transaction has ended.
   * @throws Conflict (`money_frozen`)
   */
  async assertNotFrozen(em: EntityManager): Promise<void> {
    assertThawed(await queryRows<FrozenBecause>(em, frozenBecauseSql));
  }

  /** Waits for the transactions that found money not frozen. */
  private change(work: (em: EntityManager, before: FreezeState) => Promise<FreezeState>): Promise<FreezeState> {
    return this.transactions.run(async (em) => {
      await queryRows(em, sql`SELECT pg_advisory_xact_lock(${literal(FREEZE_LOCK)})`);
      return work(em, await readFreezeState(em));
    });
  }
}

/** A row of {@link frozenBecauseSql}. */
export interface FrozenBecause {
  reason: string | null;
}

/** The statement of `assertNotFrozen`, for one round trip with the booking after it. */
export const frozenBecauseSql = sql`SELECT money_frozen_because() AS reason`;

/** @throws Conflict (`money_frozen`) */
export function assertThawed([state]: FrozenBecause[]): void {
  if (state!.reason === null) return;
  throw new Conflict('money_frozen', sentence`Money is frozen (${state!.reason}); nothing was changed.`);
}

async function readFreezeState(em: EntityManager): Promise<FreezeState> {
  const state = await queryRow<FreezeState>(
    em,
    sql`SELECT house_state.frozen_at AS "frozenAt", coalesce(staff_user.name, house_state.frozen_by) AS "frozenBy",
            house_state.freeze_reason AS reason
       FROM house_state LEFT JOIN staff_user ON staff_user.id = house_state.frozen_by`,
  );
  return state!;
}

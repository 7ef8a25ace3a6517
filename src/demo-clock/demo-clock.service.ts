import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAllowed } from '../authorization/permissions.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { Conflict, ValidationFailed } from '../core/errors.js';
import { readDatabaseTime } from '../core/database-time.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { afterCommit } from '../core/transaction-hooks.js';
import { Transactions } from '../core/transactions.js';
import { IsUtcMoment, validated } from '../core/validation.js';
import { isInRealUse, recordUse } from './demo-mode.js';

export class SetClock {
  /** ISO 8601 with `Z`. */
  @IsUtcMoment()
  to: string;
}

export interface ClockState {
  now: Date;
  /** Whether this is the demo. */
  movable: boolean;
  /** Milliseconds ahead of the database's clock. */
  aheadMs: number;
}

const MAX_YEAR = 2200;

/** Moves business time in the demo, so that an admin can watch a month pass. */
@Injectable()
export class DemoClock {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly events: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Moves business time forward, for every process within a second.
   * @throws Conflict outside the demo; ValidationFailed for a time that is not ahead; ForbiddenRole
   */
  async set(caller: Insider, input: SetClock): Promise<ClockState> {
    assertAllowed(caller, 'moveClock');
    if (!(await this.canMove())) {
      throw new Conflict('not_allowed_now', 'The clock can be moved only in the demo.');
    }
    const to = new Date(validated(SetClock, input).to);
    const aheadMs = await this.transactions.run(async (em) => {
      const before = await queryRow<{ aheadMs: number }>(
        em,
        sql`SELECT clock_ahead_ms AS "aheadMs" FROM house_state FOR UPDATE`,
      );
      const databaseNow = await readDatabaseTime(em);
      const ahead = to.getTime() - databaseNow.getTime();
      assertAhead(to, ahead, before!.aheadMs, databaseNow);
      await queryRows(em, sql`UPDATE house_state SET clock_ahead_ms = ${ahead}`);
      await this.audit.record(em, caller, {
        type: 'clock.moved',
        objectId: 'clock',
        internal: { before: { aheadMs: before!.aheadMs }, after: { aheadMs: ahead, to } },
      });
      afterCommit(em, async () => this.clock.advanceTo(ahead));
      this.events.publish(em, 'clockMoved', { to });
      return ahead;
    });
    return this.state(aheadMs);
  }

  /** Whether this is the demo, by the environment and by the database. */
  async canMove(): Promise<boolean> {
    return this.settings.demo && !(await isInRealUse(this.dataSource.manager));
  }

  /** Called when a service without the demo starts: unless a demo was made before, the clock of this database never moves. */
  freezeForRealUse(): Promise<void> {
    return recordUse(this.dataSource.manager, false);
  }

  /** @param aheadMs as just set @default that of this process's clock */
  state(aheadMs = Math.max(0, this.clock.now().getTime() - this.clock.databaseNow().getTime())): ClockState {
    return { now: this.clock.now(), movable: this.settings.demo, aheadMs };
  }
}

function assertAhead(to: Date, aheadMs: number, beforeMs: number, databaseNow: Date): void {
  if (to.getUTCFullYear() > MAX_YEAR) {
    throw new ValidationFailed([{ path: 'to', message: `must not be after the year ${MAX_YEAR}` }]);
  }
  if (aheadMs > beforeMs) return;
  const now = new Date(databaseNow.getTime() + beforeMs).toISOString();
  throw new ValidationFailed([{ path: 'to', message: `must be after ${now}: the clock only moves forward` }]);
}

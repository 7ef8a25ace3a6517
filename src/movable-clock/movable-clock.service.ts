import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Insider } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { Conflict, ValidationFailed } from '../common/errors.js';
import { Announcements } from '../common/house-events.js';
import { checked, IsUtcMoment } from '../common/validation.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { oneRow, rows } from '../database/sql.js';
import { afterCommit, Transactions } from '../database/transactions.js';
import { mustBeAllowed } from '../staff/permissions.js';
import { isInRealUse, settleUse } from './real-use.js';

export class SetClock {
  /** ISO 8601 with `Z`. */
  @IsUtcMoment()
  to: string;
}

/** What the business clock says, and whether it may be moved at all. */
export interface ClockState {
  now: Date;
  movable: boolean;
  /** Milliseconds that it stands ahead of the machine's clock. */
  aheadMs: number;
}

const LAST_YEAR = 2200;

/** The demo's clock, which an admin moves forward to watch a month pass. */
@Injectable()
export class MovableClock {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly announcements: Announcements,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Moves business time forward, for every process within a second.
   * @throws Conflict outside the demo, ValidationFailed for a moment that is not ahead, ForbiddenRole
   */
  async set(caller: Insider, input: SetClock): Promise<ClockState> {
    mustBeAllowed(caller, 'moveClock');
    if (!(await this.mayMove())) {
      throw new Conflict('not_allowed_now', 'Only the demo’s clock can be moved; this is not the demo.');
    }
    const to = new Date(checked(SetClock, input).to);
    const aheadMs = await this.transactions.run(async (em) => {
      const before = await oneRow<{ aheadMs: number }>(
        em,
        'SELECT clock_ahead_ms AS "aheadMs" FROM house_state FOR UPDATE',
      );
      const ahead = to.getTime() - Date.now();
      mustBeAhead(to, ahead, before!.aheadMs);
      await rows(em, 'UPDATE house_state SET clock_ahead_ms = $1', [ahead]);
      await this.audit.record(em, caller, {
        type: 'clock.moved',
        objectId: 'clock',
        internal: { before: { aheadMs: before!.aheadMs }, after: { aheadMs: ahead, to } },
      });
      afterCommit(em, async () => this.clock.standAhead(ahead));
      this.announcements.announce(em, 'clockMoved', { to });
      return ahead;
    });
    return this.state(aheadMs);
  }

  /** Whether this is the demo, by the environment and by the database alike. */
  async mayMove(): Promise<boolean> {
    return this.settings.demo && !(await isInRealUse(this.dataSource.manager));
  }

  /** A service without the demo has started: where no demo was made before, the clock of this database never moves. */
  standForGood(): Promise<void> {
    return settleUse(this.dataSource.manager, false);
  }

  /** @param aheadMs what was just set, where that is known */
  state(aheadMs = Math.max(0, this.clock.now().getTime() - Date.now())): ClockState {
    return { now: this.clock.now(), movable: this.settings.demo, aheadMs };
  }
}

function mustBeAhead(to: Date, aheadMs: number, beforeMs: number): void {
  if (to.getUTCFullYear() > LAST_YEAR) {
    throw new ValidationFailed([{ path: 'to', message: `must not be after the year ${LAST_YEAR}` }]);
  }
  if (aheadMs > beforeMs) return;
  const now = new Date(Date.now() + beforeMs).toISOString();
  throw new ValidationFailed([{ path: 'to', message: `must be after ${now}: the clock only moves forward` }]);
}

import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DateTime } from 'luxon';
import { DataSource } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { LedgerVerifier } from './ledger-verifier.js';

/** When the books were proved last, and what was wrong with them. */
export interface LedgerVerification {
  verifiedAt: Date;
  faults: number;
  /** The first of them, as sentences that name the thing that is wrong. */
  named: string[];
}

const MINUTE_MS = 60_000;
/** Before the first shift, by the business's clock. */
const MORNING_HOUR = 6;
/** What the trail calls the books. */
const LEDGER_OBJECT_ID = 'ledger';
const MAX_ERRORS_RECORDED = 20;

/** Proves the books each morning, in whichever process comes first, and keeps what came of it on the trail. */
@Injectable()
export class LedgerVerificationJob implements OnModuleInit {
  private readonly logger = new Logger('Ledger');
  private isRunning = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly verifier: LedgerVerifier,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly announcements: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** Whoever lets days pass in the demo sees each morning's proof. */
  onModuleInit(): void {
    if (this.settings.workers) this.announcements.on('clockMoved', () => this.tick());
  }

  @Interval(MINUTE_MS)
  async tick(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      await this.verifyWhenDue();
    } catch (error) {
      this.logger.error(error);
    } finally {
      this.isRunning = false;
    }
  }

  /**
   * Proves them if nobody has done so since six in the morning.
   * @returns whether this call was the one that did it
   */
  async verifyWhenDue(): Promise<boolean> {
    const claimedUntil = (await this.isDue()) ? await this.claim() : null;
    if (claimedUntil === null) return false;
    try {
      // Another process may have done it between the look and the claim.
      if (!(await this.isDue())) return false;
      await this.verify();
      return true;
    } finally {
      await this.releaseClaim(claimedUntil);
    }
  }

  private async verify(): Promise<void> {
    const { faults } = await this.verifier.verify();
    for (const fault of faults) this.logger.error(`The books have a fault: ${fault}`);
    const caller: SystemCaller = { kind: 'system', name: 'books', callId: newId('req') };
    await this.transactions.run((em) =>
      this.audit.record(em, caller, {
        type: 'ledger.verified',
        objectId: LEDGER_OBJECT_ID,
        internal: { faults: faults.length, ...(faults.length > 0 && { named: faults.slice(0, MAX_ERRORS_RECORDED) }) },
      }),
    );
  }

  /** What came of it last; `null` before the first time. */
  async latest(em = this.dataSource.manager): Promise<LedgerVerification | null> {
    return queryRow<LedgerVerification>(
      em,
      `SELECT occurred_at AS "verifiedAt", (internal ->> 'faults')::int AS faults,
              coalesce(internal -> 'named', '[]'::jsonb) AS named FROM audit_event
        WHERE object_id = $1 AND type = 'ledger.verified' ORDER BY occurred_at DESC LIMIT 1`,
      [LEDGER_OBJECT_ID],
    );
  }

  /** It is this process's for a quarter of an hour: one that was killed over it leaves it to another. */
  private async claim(): Promise<string | null> {
    const claimed = await queryRow<{ until: string }>(
      this.dataSource.manager,
      `UPDATE house_state SET books_claimed_until = now() + interval '15 minutes'
        WHERE books_claimed_until IS NULL OR books_claimed_until < now() RETURNING books_claimed_until::text AS until`,
    );
    return claimed?.until ?? null;
  }

  /** Unless it ran out meanwhile and is another's. */
  private async releaseClaim(claimedUntil: string): Promise<void> {
    await queryRows(
      this.dataSource.manager,
      'UPDATE house_state SET books_claimed_until = NULL WHERE books_claimed_until = $1::timestamptz',
      [claimedUntil],
    );
  }

  private async isDue(): Promise<boolean> {
    const last = await this.latest();
    const now = DateTime.fromJSDate(this.clock.now(), { zone: this.settings.businessTimeZone });
    const sixToday = now.startOf('day').set({ hour: MORNING_HOUR });
    const since = sixToday <= now ? sixToday : sixToday.minus({ days: 1 });
    return last === null || last.verifiedAt < since.toJSDate();
  }
}

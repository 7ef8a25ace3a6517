import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DateTime } from 'luxon';
import { DataSource, type EntityManager } from 'typeorm';
import type { SystemCaller } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import { newId } from '../common/ids.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { oneRow, rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { LedgerVerifier } from './ledger-verifier.js';

/** When the books were proved last, and what was wrong with them. */
export interface BooksProved {
  verifiedAt: Date;
  faults: number;
}

const MINUTE_MS = 60_000;
/** Before the first shift, by the business's clock. */
const MORNING_HOUR = 6;
/** Any number that no other user of this database takes: of processes that prove the books at once, one writes it down. */
const BOOKS_LOCK = 7_214_530_004;
/** What the trail calls the books. */
const BOOKS = 'ledger';
const FAULTS_NAMED = 20;

/** Proves the books each morning, and keeps what came of it on the trail. */
@Injectable()
export class BooksWatch {
  private isAtIt = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly verifier: LedgerVerifier,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  @Interval(MINUTE_MS)
  async lookEachMinute(): Promise<void> {
    if (this.isAtIt) return;
    this.isAtIt = true;
    try {
      await this.proveWhenDue();
    } finally {
      this.isAtIt = false;
    }
  }

  /** Proves them if nobody has done so since six in the morning. */
  async proveWhenDue(): Promise<void> {
    if (!(await this.isDue(this.dataSource.manager))) return;
    const { faults } = await this.verifier.verify();
    await this.transactions.run(async (em) => {
      await rows(em, `SELECT pg_advisory_xact_lock(${BOOKS_LOCK})`);
      if (!(await this.isDue(em))) return;
      const caller: SystemCaller = { kind: 'system', name: 'books', requestId: newId('req') };
      await this.audit.record(em, caller, {
        type: 'ledger.verified',
        objectId: BOOKS,
        internal: { faults: faults.length, ...(faults.length > 0 && { named: faults.slice(0, FAULTS_NAMED) }) },
      });
    });
  }

  /** What came of it last; `null` before the first time. */
  async last(em: EntityManager): Promise<BooksProved | null> {
    return oneRow<BooksProved>(
      em,
      `SELECT occurred_at AS "verifiedAt", (internal ->> 'faults')::int AS faults FROM audit_event
        WHERE object_id = $1 AND type = 'ledger.verified' ORDER BY occurred_at DESC LIMIT 1`,
      [BOOKS],
    );
  }

  private async isDue(em: EntityManager): Promise<boolean> {
    const last = await this.last(em);
    const now = DateTime.fromJSDate(this.clock.now(), { zone: this.settings.businessTimeZone });
    const sixToday = now.startOf('day').set({ hour: MORNING_HOUR });
    const since = sixToday <= now ? sixToday : sixToday.minus({ days: 1 });
    return last === null || last.verifiedAt < since.toJSDate();
  }
}

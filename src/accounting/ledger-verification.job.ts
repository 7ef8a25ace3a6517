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
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { LedgerVerifier } from './ledger-verifier.js';

export interface LedgerVerification {
  verifiedAt: Date;
  /** How many errors were found. */
  faults: number;
  /** The first 20 of them, a sentence each. */
  named: string[];
}

const MINUTE_MS = 60_000;
/** In the business time zone: before the first shift. */
const VERIFICATION_HOUR = 6;
/** The ledger's object id in the audit log. */
const LEDGER_OBJECT_ID = 'ledger';
const MAX_RECORDED_FINDINGS = 20;

/** Verifies the ledger each morning, in the process that is first, and records the result in the audit log. */
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
    private readonly events: DomainEvents,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** In the demo, a day that passes on the page is verified without waiting for the next minute. */
  onModuleInit(): void {
    if (this.settings.workers) this.events.on('clockMoved', () => this.tick());
  }

  @Interval(MINUTE_MS)
  async tick(): Promise<void> {
    if (this.isRunning || this.clock.fault) return;
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
   * Verifies the ledger if no process has done so since six in the morning.
   * @returns whether this call did it
   */
  async verifyWhenDue(): Promise<boolean> {
    const claimedUntil = (await this.isDue()) ? await this.claim() : null;
    if (claimedUntil === null) return false;
    try {
      // Another process may have done it between the check and the claim.
      if (!(await this.isDue())) return false;
      await this.verify();
      return true;
    } finally {
      await this.releaseClaim(claimedUntil);
    }
  }

  private async verify(): Promise<void> {
    const { faults: findings } = await this.verifier.verify();
    for (const finding of findings) this.logger.error(`The books have an error: ${finding}`);
    const caller: SystemCaller = { kind: 'system', name: 'books', callId: newId('req') };
    await this.transactions.run((em) =>
      this.audit.record(em, caller, {
        type: 'ledger.verified',
        objectId: LEDGER_OBJECT_ID,
        internal: {
          faults: findings.length,
          ...(findings.length > 0 && { named: findings.slice(0, MAX_RECORDED_FINDINGS) }),
        },
      }),
    );
  }

  /** `null` before the first verification. */
  async latest(em = this.dataSource.manager): Promise<LedgerVerification | null> {
    return queryRow<LedgerVerification>(
      em,
      sql`SELECT occurred_at AS "verifiedAt", (internal ->> 'faults')::int AS faults,
              coalesce(internal -> 'named', '[]'::jsonb) AS named FROM audit_event
        WHERE object_id = ${LEDGER_OBJECT_ID} AND type = 'ledger.verified' ORDER BY occurred_at DESC LIMIT 1`,
    );
  }

  /** The claim expires after 15 minutes, so that another process takes over from one that was killed. */
  private async claim(): Promise<string | null> {
    const claimed = await queryRow<{ until: string }>(
      this.dataSource.manager,
      sql`UPDATE house_state SET books_claimed_until = now() + interval '15 minutes'
        WHERE books_claimed_until IS NULL OR books_claimed_until < now() RETURNING books_claimed_until::text AS until`,
    );
    return claimed?.until ?? null;
  }

  /** Does nothing where the claim has expired and is another process's now. */
  private async releaseClaim(claimedUntil: string): Promise<void> {
    await queryRows(
      this.dataSource.manager,
      sql`UPDATE house_state SET books_claimed_until = NULL WHERE books_claimed_until = ${claimedUntil}::timestamptz`,
    );
  }

  private async isDue(): Promise<boolean> {
    const last = await this.latest();
    const now = DateTime.fromJSDate(this.clock.now(), { zone: this.settings.businessTimeZone });
    const dueToday = now.startOf('day').set({ hour: VERIFICATION_HOUR });
    const since = dueToday <= now ? dueToday : dueToday.minus({ days: 1 });
    return last === null || last.verifiedAt < since.toJSDate();
  }
}

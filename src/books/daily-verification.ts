import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { oneRow, rows } from '../database/sql.js';
import { LedgerVerifier } from '../wallets/ledger-verifier.js';

/** What the newest proof of the books found; the panel shows a red mark while it names faults. */
export interface LatestVerification {
  day: string;
  verifiedAt: Date;
  ok: boolean;
  faults: string[];
}

const MINUTE_MS = 60_000;
/** Books with one cause of trouble may have a fault in every row. */
const FAULTS_KEPT = 100;

/** Proves the books once a day by itself, in whichever process comes first. */
@Injectable()
export class DailyVerification {
  private readonly log = new Logger('Ledger');

  constructor(
    private readonly dataSource: DataSource,
    private readonly verifier: LedgerVerifier,
    private readonly clock: Clock,
  ) {}

  /** A database that is away is asked again a minute later. */
  @Interval(MINUTE_MS)
  async beat(): Promise<void> {
    await this.verifyToday().catch((error: Error) =>
      this.log.warn(`The books could not be verified: ${error.message}`),
    );
  }

  /** @returns whether this call was the one that did it */
  async verifyToday(): Promise<boolean> {
    const day = this.clock.now().toISOString().slice(0, 10);
    if (!(await this.claim(day))) return false;
    const { checks, faults } = await this.verifier.verify();
    for (const fault of faults) this.log.error(`The books have a fault: ${fault}`);
    await rows(
      this.dataSource.manager,
      'UPDATE ledger_verification SET verified_at = $2, checks = $3, faults = $4 WHERE day = $1::date',
      [day, this.clock.now(), checks, faults.slice(0, FAULTS_KEPT)],
    );
    return true;
  }

  latest(): Promise<LatestVerification | null> {
    return oneRow<LatestVerification>(
      this.dataSource.manager,
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, verified_at AS "verifiedAt", faults = '{}' AS ok, faults
         FROM ledger_verification WHERE verified_at IS NOT NULL ORDER BY day DESC LIMIT 1`,
    );
  }

  /** The day is this process's for a quarter of an hour: one that was killed over it leaves it to another. */
  private async claim(day: string): Promise<boolean> {
    const claimed = await oneRow(
      this.dataSource.manager,
      `INSERT INTO ledger_verification (day, claimed_until) VALUES ($1::date, now() + interval '15 minutes')
       ON CONFLICT (day) DO UPDATE SET claimed_until = excluded.claimed_until
         WHERE ledger_verification.verified_at IS NULL AND ledger_verification.claimed_until < now()
       RETURNING day`,
      [day],
    );
    return claimed !== null;
  }
}

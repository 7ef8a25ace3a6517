import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ledgerChecks } from './ledger-checks.js';

/** What a verification found. `faults` are sentences that name the thing that is wrong. */
export interface VerificationReport {
  ok: boolean;
  checks: number;
  faults: string[];
}

/** Proves the books against themselves and against leases, accounts and requests. */
@Injectable()
export class LedgerVerifier {
  constructor(private readonly dataSource: DataSource) {}

  /** Reads one REPEATABLE READ snapshot, so that it may run beside live traffic. Writes nothing. */
  async verify(): Promise<VerificationReport> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      await runner.query('SET TRANSACTION READ ONLY');
      await runner.query(
        "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout')",
      );
      const faults: string[] = [];
      for (const check of ledgerChecks) {
        const found: { fault: string }[] = await runner.query(check);
        faults.push(...found.map(({ fault }) => fault));
      }
      await runner.commitTransaction();
      return { ok: faults.length === 0, checks: ledgerChecks.length, faults };
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }
}

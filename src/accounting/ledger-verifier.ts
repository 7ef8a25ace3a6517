import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readLongSnapshot } from '../core/snapshot.js';
import { queryRows } from '../core/sql.js';
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
    const faults = await readLongSnapshot(this.dataSource, async (em) => {
      const found: string[] = [];
      for (const check of ledgerChecks)
        found.push(...(await queryRows<{ fault: string }>(em, check)).map(({ fault }) => fault));
      return found;
    });
    return { ok: faults.length === 0, checks: ledgerChecks.length, faults };
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { readLongSnapshot } from '../core/snapshot.js';
import { queryRows } from '../core/sql.js';
import { ledgerChecks } from './ledger-checks.js';

export interface VerificationReport {
  ok: boolean;
  checks: number;
  /** A sentence for each error. */
  faults: string[];
}

/** Checks the ledger against itself and against leases, accounts and requests. */
@Injectable()
export class LedgerVerifier {
  constructor(private readonly dataSource: DataSource) {}

  /** Reads one REPEATABLE READ snapshot, so it can run beside live traffic. Writes nothing. */
  async verify(): Promise<VerificationReport> {
    const faults = await readLongSnapshot(this.dataSource, (em) => this.findFaults(em));
    return { ok: faults.length === 0, checks: ledgerChecks.length, faults };
  }

  /** {@link verify} as the caller's transaction sees the books. */
  async findFaults(em: EntityManager): Promise<string[]> {
    const findings: string[] = [];
    for (const check of ledgerChecks) {
      const rows = await queryRows<{ finding: string }>(em, check);
      findings.push(...rows.map(({ finding }) => finding));
    }
    return findings;
  }
}

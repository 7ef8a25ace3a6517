import type { EntityManager } from 'typeorm';
import { isLiveSql } from '../core/live-lease-sql.js';
import { queryRow, sql } from '../core/sql.js';
import { walletIdSql } from './wallet-sql.js';

/** What a month of a partner's live leases costs, and the newest line of its wallet's statement at that time. */
export interface LeasedMonth {
  walletSeq: number;
  cents: number;
}

/** More lines would take longer to add up than it takes to read the leases of most partners. */
const MAX_LINES_SINCE = 32;
const MAX_KEPT = 10_000;

/**
 * What months of live leases cost at some time. Each lease since then came with a debit of its price, so what was read once plus the debits
 * since is never too little. A partner with thousands of leases has them read again after a few dozen lines of its statement alone.
 */
export class LeasedMonths {
  private readonly kept = new Map<string, LeasedMonth>();
  /** Of partners whose leases are being read now: those who ask meanwhile go by the same. */
  private readonly reads = new Map<string, Promise<LeasedMonth>>();

  /** @param walletSeq the newest line of the wallet's statement */
  async read(em: EntityManager, organizationId: string, walletSeq: number): Promise<LeasedMonth> {
    const kept = this.kept.get(organizationId);
    if (kept && kept.walletSeq <= walletSeq && walletSeq <= kept.walletSeq + MAX_LINES_SINCE) return kept;
    const begun = this.reads.get(organizationId);
    if (begun) {
      // Of another transaction, whose failure is its own.
      const month = await begun.catch(() => null);
      if (month) return month;
    }
    const read = this.readNow(em, organizationId);
    this.reads.set(organizationId, read);
    const month = await read.finally(() => this.reads.delete(organizationId));
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(organizationId, month);
    return month;
  }

  private async readNow(em: EntityManager, organizationId: string): Promise<LeasedMonth> {
    const month = await queryRow<LeasedMonth>(
      em,
      sql`SELECT wallet.wallet_seq AS "walletSeq",
                 (SELECT coalesce(sum(lease.price_cents), 0)::bigint FROM lease
                   WHERE lease.organization_id = ${organizationId} AND ${isLiveSql()}) AS cents
            FROM ledger_account wallet WHERE wallet.id = ${walletIdSql(organizationId)}`,
    );
    return month!;
  }

  /** For a partner whose leases cost less by now, or may. */
  forget(organizationId: string): void {
    this.kept.delete(organizationId);
  }
}

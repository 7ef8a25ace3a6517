import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { isLiveSql } from '../core/live-lease-sql.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { walletIdSql } from './wallet-sql.js';

/** A wallet as it is now, not as the transaction left it: money that comes in pays due renewals in the same moment. */
export interface WalletNow {
  balanceCents: number;
  owedCents: number;
  /** Renewals charged since the transaction; none where an earlier call booked it. */
  renewalsPaid: number;
  renewalsPaidCents: number;
  /** Leases whose renewal is due and not paid. */
  renewalsDue: number;
}

/** What a transaction did to a wallet, and the wallet right after it. */
export interface WalletChange {
  organizationId: string;
  balanceCents: number;
  owedCents: number;
  /** The number of its line on the statement; `null` where it booked none. */
  walletSeq: number | null;
}

/** The renewals of a large partner take longer: the answer then says how many are still due. */
const WAIT_FOR_RENEWALS_MS = 2_000;

/** Runs transactions that may credit a wallet, and reads the wallet once the renewals that they make possible are paid. */
@Injectable()
export class CreditedWallet {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  async run<Change extends WalletChange>(
    work: (em: EntityManager) => Promise<Change>,
  ): Promise<{ change: Change; wallet: WalletNow }> {
    const change = await this.transactions.run(work, { waitForHooksMs: WAIT_FOR_RENEWALS_MS });
    return { change, wallet: await this.read(change) };
  }

  /** The transaction is committed: where the wallet cannot be read, the answer tells it as the transaction left it. */
  private async read({ organizationId, walletSeq, balanceCents, owedCents }: WalletChange): Promise<WalletNow> {
    const wallet = await this.transactions
      .run((em) => readWalletNow(em, organizationId, walletSeq, this.clock.now()), { allowClockFault: true })
      .catch(() => null);
    return wallet ?? { balanceCents, owedCents, renewalsPaid: 0, renewalsPaidCents: 0, renewalsDue: 0 };
  }
}

/** @param afterSeq renewals are counted from the next line of the statement on; `null` counts none */
function readWalletNow(
  em: EntityManager,
  organizationId: string,
  afterSeq: number | null,
  now: Date,
): Promise<WalletNow | null> {
  return queryRow<WalletNow>(
    em,
    sql`SELECT wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents", paid.renewals AS "renewalsPaid",
               paid.cents AS "renewalsPaidCents",
               (SELECT count(*) FROM lease
                 WHERE organization_id = ${organizationId} AND ${isLiveSql()} AND next_renewal_at <= ${now}::timestamptz) AS "renewalsDue"
          FROM ledger_account wallet
          CROSS JOIN LATERAL (
            SELECT count(*) AS renewals, coalesce(sum(amount_cents), 0)::bigint AS cents
              FROM ledger_transfer
             WHERE organization_id = ${organizationId} AND wallet_seq > ${afterSeq}::bigint AND kind = 'lease_renewal') paid
         WHERE wallet.id = ${walletIdSql(organizationId)}`,
  );
}

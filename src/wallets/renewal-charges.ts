import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { newId } from '../core/ids.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { ownAccountIdSql, walletIdSql } from './wallet-sql.js';

/** One month of one lease. */
export interface RenewalCharge {
  leaseId: string;
  priceCents: number;
  period: { start: Date; end: Date };
}

/** Books many renewals of one partner in one statement. */
@Injectable()
export class RenewalCharges {
  constructor(private readonly clock: Clock) {}

  /** Locks the wallet until the end of the transaction. */
  async lockWallet(em: EntityManager, organizationId: string): Promise<{ balanceCents: number; owedCents: number }> {
    const wallet = await queryRow<{ balanceCents: number; owedCents: number }>(
      em,
      sql`SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account
           WHERE id = ${walletIdSql(organizationId)} FOR NO KEY UPDATE`,
    );
    return wallet!;
  }

  /**
   * @param charges not empty; booked in this order. The wallet must be locked and cover them
   * @returns the ids of the transfers, in the same order
   * @throws Unavailable where the database's clock was set back meanwhile
   */
  async book(
    em: EntityManager,
    organizationId: string,
    charges: readonly RenewalCharge[],
    bookedBy: string,
    now: Date,
  ): Promise<string[]> {
    const ids = charges.map(() => newId('txn'));
    let totalCents = 0;
    const takenCents = charges.map(({ priceCents }) => (totalCents += priceCents));
    const leaseIds = charges.map(({ leaseId }) => leaseId);
    const prices = charges.map(({ priceCents }) => priceCents);
    const starts = charges.map(({ period }) => period.start.toISOString());
    const ends = charges.map(({ period }) => period.end.toISOString());
    const sentAt = this.clock.databaseNow();
    const booked = await queryRows<{ recordedAt: Date }>(
      em,
      sql`WITH wallet AS (
            UPDATE ledger_account
               SET balance_cents = balance_cents - ${totalCents}::bigint,
                   wallet_seq = wallet_seq + ${charges.length}::bigint,
                   last_booked_at = greatest(${now}::timestamptz, last_booked_at)
             WHERE id = ${walletIdSql(organizationId)} AND balance_cents >= ${totalCents}::bigint AND owed_cents = 0
            RETURNING id, balance_cents + ${totalCents}::bigint AS balance_before,
                      wallet_seq - ${charges.length}::bigint AS seq_before, last_booked_at, sandbox
          )
          INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                       period_start, period_end, booked_by, wallet_seq, wallet_balance_after, booked_at)
          SELECT charge.id, 'lease_renewal', wallet.id, ${ownAccountIdSql(sql`wallet.sandbox`, 'revenue')}, charge.cents, ${organizationId}, charge.lease_id,
                 charge.period_start, charge.period_end, ${bookedBy},
                 wallet.seq_before + charge.line, wallet.balance_before - charge.taken, wallet.last_booked_at
            FROM wallet
           CROSS JOIN unnest(${ids}::text[], ${leaseIds}::text[], ${prices}::bigint[], ${takenCents}::bigint[],
                             ${starts}::timestamptz[], ${ends}::timestamptz[])
                 WITH ORDINALITY AS charge (id, lease_id, cents, taken, period_start, period_end, line)
          RETURNING recorded_at AS "recordedAt"`,
    );
    if (booked.length !== charges.length) throw new Error(`the wallet of ${organizationId} changed under its lock`);
    this.clock.assertNotSetBack(sentAt, booked[0]!.recordedAt);
    return ids;
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../core/ids.js';
import { queryRow, queryRows } from '../core/sql.js';

/** One month of one lease; cents. */
export interface RenewalCharge {
  leaseId: string;
  priceCents: number;
  period: { start: Date; end: Date };
}

/** Books many renewals of one partner at once: its wallet and all their transfers change in one statement. */
@Injectable()
export class RenewalCharges {
  /** What the wallet holds and owes, in cents; its row stays as it is until the commit. */
  async lockWallet(em: EntityManager, organizationId: string): Promise<{ balanceCents: number; owedCents: number }> {
    const wallet = await queryRow<{ balanceCents: number; owedCents: number }>(
      em,
      `SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account
        WHERE id = 'wallet:' || $1 FOR NO KEY UPDATE`,
      [organizationId],
    );
    return wallet!;
  }

  /**
   * Books the charges one after the other, as lines of the statement in that order.
   * @param charges not empty; the wallet, which is locked, covers them
   * @returns the ids of their transfers, in the same order
   */
  async book(
    em: EntityManager,
    organizationId: string,
    charges: readonly RenewalCharge[],
    bookedBy: string,
    now: Date,
  ): Promise<string[]> {
    const ids = charges.map(() => newId('txn'));
    let total = 0;
    const taken = charges.map(({ priceCents }) => (total += priceCents));
    const booked = await queryRows<{ id: string }>(
      em,
      `WITH wallet AS (
         UPDATE ledger_account
            SET balance_cents = balance_cents - $2::bigint,
                wallet_seq = wallet_seq + $3::bigint,
                last_booked_at = greatest($4::timestamptz, last_booked_at)
          WHERE id = 'wallet:' || $1 AND balance_cents >= $2::bigint AND owed_cents = 0
         RETURNING id, balance_cents + $2::bigint AS balance_before, wallet_seq - $3::bigint AS seq_before, last_booked_at
       )
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                    period_start, period_end, booked_by, wallet_seq, wallet_balance_after, booked_at)
       SELECT charge.id, 'lease_renewal', wallet.id, 'revenue', charge.cents, $1, charge.lease_id, charge.period_start, charge.period_end,
              $5, wallet.seq_before + charge.line, wallet.balance_before - charge.taken, wallet.last_booked_at
         FROM wallet
        CROSS JOIN unnest($6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::timestamptz[], $11::timestamptz[])
              WITH ORDINALITY AS charge (id, lease_id, cents, taken, period_start, period_end, line)
       RETURNING id`,
      [
        organizationId,
        total,
        charges.length,
        now,
        bookedBy,
        ids,
        charges.map(({ leaseId }) => leaseId),
        charges.map(({ priceCents }) => priceCents),
        taken,
        charges.map(({ period }) => period.start.toISOString()),
        charges.map(({ period }) => period.end.toISOString()),
      ],
    );
    if (booked.length !== charges.length) throw new Error(`the wallet of ${organizationId} changed under its lock`);
    return ids;
  }
}

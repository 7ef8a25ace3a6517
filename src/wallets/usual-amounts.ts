import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, ValidationFailed } from '../core/errors.js';
import { queryRow, sql } from '../core/sql.js';
import { ManualTransactions, type ManualTransaction } from './manual-transactions.js';
import { describeUnusualAmount, isUnusualAmount } from './unusual-amount.js';

/** Has an amount confirmed that looks like a slip of a key, before it is booked or proposed (docs/decisions/023). */
@Injectable()
export class UsualAmounts {
  constructor(private readonly manualTransactions: ManualTransactions) {}

  /**
   * @param confirmedCents the repeated amount, with its sign
   * @throws Conflict for an unusual amount that is not confirmed, unless it is booked already; ValidationFailed where both amounts differ
   */
  async assertUsual(em: EntityManager, transaction: ManualTransaction, confirmedCents?: number): Promise<void> {
    const { organizationId, amountCents } = transaction;
    if (confirmedCents === amountCents) return;
    if (confirmedCents !== undefined) {
      throw new ValidationFailed([{ path: 'confirmedCents', message: 'must repeat the amount' }]);
    }
    const largestCents = await this.readLargest(em, organizationId);
    if (!isUnusualAmount(amountCents, largestCents)) return;
    if (await this.manualTransactions.findEarlier(em, transaction)) return;
    const unusual = describeUnusualAmount(amountCents, largestCents);
    throw new Conflict('unusual_amount', `${unusual}. Nothing was booked; repeat the amount to confirm it.`, {
      amountCents,
      largestCents,
    });
  }

  /** The largest amount that was moved by hand for a partner; `null` for none. */
  async readLargest(em: EntityManager, organizationId: string): Promise<number | null> {
    const found = await queryRow<{ cents: number | null }>(
      em,
      sql`SELECT max(amount_cents) AS cents FROM ledger_transfer
           WHERE organization_id = ${organizationId} AND kind IN ('top_up', 'adjustment', 'payout')`,
    );
    return found!.cents;
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { Conflict, NotFound, WalletShort } from '../common/errors.js';
import { Announcements } from '../common/house-events.js';
import { newId } from '../common/ids.js';
import { breaks } from '../database/faults.js';
import { oneRow } from '../database/sql.js';

/** Our own side of a transfer. Their balances are sums: no charge updates their rows, as one hot row would queue all partners. */
type HouseAccount = 'revenue' | 'funding' | 'adjustments';

/** What is to be booked between a partner's wallet and an account of ours. Amounts are positive integer cents. */
export interface Posting {
  kind: 'top_up' | 'lease_charge' | 'refund' | 'adjustment';
  organizationId: string;
  amountCents: number;
  houseAccount: HouseAccount;
  bookedBy: string;
  leaseId?: string;
  period?: { start: Date; end: Date };
  reversesId?: string;
  reference?: string;
  reason?: string;
}

/** The transfer that was booked and what the wallet holds after it. */
export interface Booked {
  transactionId: string;
  balanceAfterCents: number;
  bookedAt: Date;
}

/** The double-entry book: every movement is one immutable row that names the account debited and the account credited. */
@Injectable()
export class Ledger {
  constructor(
    private readonly clock: Clock,
    private readonly announcements: Announcements,
  ) {}

  /** @throws WalletShort when the wallet does not hold the amount, or something is still owed; nothing is booked then. */
  takeFromWallet(em: EntityManager, posting: Posting): Promise<Booked> {
    return this.book(em, posting, -posting.amountCents);
  }

  /** @throws Conflict when the wallet would hold more than figures are exact for; nothing is booked then. */
  putIntoWallet(em: EntityManager, posting: Posting): Promise<Booked> {
    const { organizationId } = posting;
    this.announcements.announce(em, 'walletGrew', { organizationId, since: this.clock.now() });
    return this.book(em, posting, posting.amountCents);
  }

  /** The wallet's row and its transfer change in one statement, so the row is held for the commit alone. */
  private async book(em: EntityManager, posting: Posting, changeCents: number): Promise<Booked> {
    const booked = await oneRow<Booked>(
      em,
      `WITH wallet AS (
         UPDATE ledger_account
            SET balance_cents = balance_cents + $2::bigint,
                wallet_seq = wallet_seq + 1,
                last_booked_at = greatest($3::timestamptz, last_booked_at)
          WHERE id = 'wallet:' || $1 AND balance_cents + $2::bigint >= 0 AND ($2::bigint > 0 OR owed_cents = 0)
         RETURNING id, balance_cents, wallet_seq, last_booked_at
       )
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                    period_start, period_end, reverses_id, reference, reason, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       SELECT $4, $5, CASE WHEN $2::bigint < 0 THEN wallet.id ELSE $6 END, CASE WHEN $2::bigint < 0 THEN $6 ELSE wallet.id END,
              abs($2::bigint), $1, $7, $8, $9, $10, $11, $12, $13, wallet.wallet_seq, wallet.balance_cents, wallet.last_booked_at
         FROM wallet
       RETURNING id AS "transactionId", wallet_balance_after AS "balanceAfterCents", booked_at AS "bookedAt"`,
      [
        posting.organizationId,
        changeCents,
        this.clock.now(),
        newId('txn'),
        posting.kind,
        posting.houseAccount,
        posting.leaseId ?? null,
        posting.period?.start ?? null,
        posting.period?.end ?? null,
        posting.reversesId ?? null,
        posting.reference ?? null,
        posting.reason ?? null,
        posting.bookedBy,
      ],
    ).catch(refuseFullWallet);
    if (booked) return booked;
    const wallet = await oneRow<{ balanceCents: number; owedCents: number }>(
      em,
      `SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account WHERE id = 'wallet:' || $1`,
      [posting.organizationId],
    );
    if (!wallet) throw new NotFound('This wallet');
    throw new WalletShort(wallet.balanceCents, posting.amountCents + wallet.owedCents);
  }
}

function refuseFullWallet(error: unknown): never {
  if (!breaks(error, 'ledger_account_balance_cents_check')) throw error;
  throw new Conflict('not_allowed_now', 'The wallet would hold more than a wallet can; nothing was booked.');
}

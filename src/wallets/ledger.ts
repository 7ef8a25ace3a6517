import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, WalletShort } from '../core/errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { violatesCheck } from '../core/database-errors.js';
import { queryRow } from '../core/sql.js';
import { MoneyFreeze } from './money-freeze.js';

/** Our own side of a transfer. Their balances are sums: no charge updates their rows, as one hot row would queue all partners. */
type OwnAccount = 'revenue' | 'funding' | 'adjustments';

/** What is to be booked between a partner's wallet and an account of ours. Amounts are positive integer cents. */
export interface Posting {
  kind: 'top_up' | 'lease_charge' | 'refund' | 'adjustment' | 'payout' | 'top_up_reversal';
  organizationId: string;
  amountCents: number;
  houseAccount: OwnAccount;
  bookedBy: string;
  leaseId?: string;
  period?: { start: Date; end: Date };
  reversesId?: string;
  reference?: string;
  reason?: string;
}

/** The transfer that was booked, and what the wallet holds and owes after it and whatever came with it; cents. */
export interface Booked {
  transactionId: string;
  balanceAfterCents: number;
  owedAfterCents: number;
  /** What of money that came in went on to settle what was owed. */
  settledCents: number;
  bookedAt: Date;
}

/** A top-up that came back: what the wallet still held of it, and what is owed since; cents. */
export interface ReversedPosting extends Booked {
  fromWalletCents: number;
  newlyOwedCents: number;
}

/** The double-entry book: every movement is one immutable row that names the account debited and the account credited. */
@Injectable()
export class Ledger {
  constructor(
    private readonly clock: Clock,
    private readonly announcements: DomainEvents,
    private readonly freeze: MoneyFreeze,
  ) {}

  /** @throws WalletShort when the wallet does not hold the amount, or something is still owed, Conflict while money is frozen; nothing is booked then. */
  async debitWallet(em: EntityManager, posting: Posting): Promise<Booked> {
    if (posting.kind === 'lease_charge') await this.freeze.assertNotFrozen(em);
    return this.book(em, posting, -posting.amountCents);
  }

  /**
   * Money that comes in settles first what is owed, by a line of its own.
   * @throws Conflict when the wallet would hold more than figures are exact for, or a refund meets frozen money; nothing is booked then.
   */
  async creditWallet(em: EntityManager, posting: Posting): Promise<Booked> {
    if (posting.kind === 'refund') await this.freeze.assertNotFrozen(em);
    const { organizationId } = posting;
    this.announcements.publish(em, 'walletGrew', { organizationId, since: this.clock.now() });
    const booked = await this.book(em, posting, posting.amountCents);
    return booked.owedAfterCents > 0 ? { ...booked, ...(await this.settle(em, posting)) } : booked;
  }

  /**
   * Moves a charge from one lease to another, the refund and the charge of one amount. The wallet is the same after it, so nothing is settled
   * between the two, and what is owed stops neither.
   * @throws Conflict while money is frozen
   */
  async moveCharge(em: EntityManager, refund: Posting, charge: Posting): Promise<void> {
    await this.freeze.assertNotFrozen(em);
    await this.book(em, refund, refund.amountCents);
    await this.book(em, charge, -refund.amountCents, true);
  }

  /**
   * Takes a top-up back that bounced: what the wallet holds, and the rest as owed; one leg or two.
   * @param posting of the whole top-up, which `reversesId` names; the wallet's row is locked
   */
  async reverse(em: EntityManager, posting: Posting): Promise<ReversedPosting> {
    const wallet = await this.readWallet(em, posting.organizationId);
    const fromWalletCents = Math.min(wallet.balanceCents, posting.amountCents);
    const newlyOwedCents = posting.amountCents - fromWalletCents;
    const legs = [
      ...(fromWalletCents > 0
        ? [await this.book(em, { ...posting, amountCents: fromWalletCents }, -fromWalletCents)]
        : []),
      ...(newlyOwedCents > 0 ? [await this.owe(em, { ...posting, amountCents: newlyOwedCents })] : []),
    ];
    const { transactionId } = legs[0]!;
    return { ...legs.at(-1)!, transactionId, fromWalletCents, newlyOwedCents };
  }

  /** @throws NotFound */
  async lockWallet(em: EntityManager, organizationId: string): Promise<void> {
    const wallet = await queryRow(em, `SELECT id FROM ledger_account WHERE id = 'wallet:' || $1 FOR NO KEY UPDATE`, [
      organizationId,
    ]);
    if (!wallet) throw new NotFound('This wallet');
  }

  /** The wallet's row and its transfer change in one statement, so the row is held for the commit alone. */
  private async book(em: EntityManager, posting: Posting, changeCents: number, evenIfOwed = false): Promise<Booked> {
    const booked = await queryRow<Booked>(
      em,
      `WITH wallet AS (
         UPDATE ledger_account
            SET balance_cents = balance_cents + $2::bigint,
                wallet_seq = wallet_seq + 1,
                last_booked_at = greatest($3::timestamptz, last_booked_at)
          WHERE id = 'wallet:' || $1 AND balance_cents + $2::bigint >= 0 AND ($2::bigint > 0 OR owed_cents = 0 OR $14::boolean)
         RETURNING id, balance_cents, owed_cents, wallet_seq, last_booked_at
       ), line AS (
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                    period_start, period_end, reverses_id, reference, reason, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       SELECT $4, $5, CASE WHEN $2::bigint < 0 THEN wallet.id ELSE $6 END, CASE WHEN $2::bigint < 0 THEN $6 ELSE wallet.id END,
              abs($2::bigint), $1, $7, $8, $9, $10, $11, $12, $13, wallet.wallet_seq, wallet.balance_cents, wallet.last_booked_at
         FROM wallet
       RETURNING id, booked_at
       )
       SELECT line.id AS "transactionId", wallet.balance_cents AS "balanceAfterCents", wallet.owed_cents AS "owedAfterCents",
              0 AS "settledCents", line.booked_at AS "bookedAt"
         FROM line CROSS JOIN wallet`,
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
        evenIfOwed,
      ],
    ).catch(toFullWalletError);
    if (booked) return booked;
    const wallet = await this.readWallet(em, posting.organizationId);
    throw new WalletShort(wallet.balanceCents, posting.amountCents + wallet.owedCents);
  }

  /** Books as owed what the wallet could not give; its statement has no line for that. */
  private async owe(em: EntityManager, posting: Posting): Promise<Booked> {
    const booked = await queryRow<Booked>(
      em,
      `WITH wallet AS (
         UPDATE ledger_account SET owed_cents = owed_cents + $2::bigint
          WHERE id = 'wallet:' || $1 AND balance_cents = 0
         RETURNING balance_cents, owed_cents, last_booked_at
       ), leg AS (
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reverses_id, reason,
                                    booked_by, booked_at)
       SELECT $3, $4, 'owed:' || $1, 'funding', $2, $1, $5, $6, $7, greatest($8::timestamptz, wallet.last_booked_at)
         FROM wallet
       RETURNING id, booked_at
       )
       SELECT leg.id AS "transactionId", wallet.balance_cents AS "balanceAfterCents", wallet.owed_cents AS "owedAfterCents",
              0 AS "settledCents", leg.booked_at AS "bookedAt"
         FROM leg CROSS JOIN wallet`,
      [
        posting.organizationId,
        posting.amountCents,
        newId('txn'),
        posting.kind,
        posting.reversesId,
        posting.reason,
        posting.bookedBy,
        this.clock.now(),
      ],
    );
    if (!booked) throw new Error(`the wallet of ${posting.organizationId} holds something and would owe`);
    return booked;
  }

  /** Gives what the wallet holds for what is owed, as far as it goes. */
  private async settle(em: EntityManager, posting: Posting) {
    const { balanceCents, owedCents } = await this.readWallet(em, posting.organizationId);
    const settledCents = Math.min(balanceCents, owedCents);
    const settled = await queryRow<Pick<Booked, 'balanceAfterCents' | 'owedAfterCents' | 'settledCents'>>(
      em,
      `WITH wallet AS (
         UPDATE ledger_account
            SET balance_cents = balance_cents - $2::bigint, owed_cents = owed_cents - $2::bigint, wallet_seq = wallet_seq + 1
          WHERE id = 'wallet:' || $1
         RETURNING id, balance_cents, owed_cents, wallet_seq, last_booked_at
       ), line AS (
       INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reason, booked_by,
                                    wallet_seq, wallet_balance_after, booked_at)
       SELECT $3, 'top_up_reversal', wallet.id, 'owed:' || $1, $2, $1, 'Settles what a top-up that came back left owed', $4,
              wallet.wallet_seq, wallet.balance_cents, wallet.last_booked_at
         FROM wallet
       )
       SELECT balance_cents AS "balanceAfterCents", owed_cents AS "owedAfterCents", $2::bigint AS "settledCents" FROM wallet`,
      [posting.organizationId, settledCents, newId('txn'), posting.bookedBy],
    );
    return settled!;
  }

  private async readWallet(
    em: EntityManager,
    organizationId: string,
  ): Promise<{ balanceCents: number; owedCents: number }> {
    const wallet = await queryRow<{ balanceCents: number; owedCents: number }>(
      em,
      `SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account WHERE id = 'wallet:' || $1`,
      [organizationId],
    );
    if (!wallet) throw new NotFound('This wallet');
    return wallet;
  }
}

function toFullWalletError(error: unknown): never {
  if (!violatesCheck(error, 'ledger_account_balance_cents_check')) throw error;
  throw new Conflict('not_allowed_now', 'The wallet would hold more than a wallet can; nothing was booked.');
}

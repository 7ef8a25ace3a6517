import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, WalletShort } from '../core/errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import { violatesCheck } from '../core/database-errors.js';
import { noSql, queryRow, queryTogether, queryWithCommit, refusedIfSql, sql, type Sql } from '../core/sql.js';
import { assertThawed, frozenBecauseSql, MoneyFreeze, type FrozenBecause } from './money-freeze.js';
import { ownAccountIdSql, owedIdSql, refuseLowSql, walletIdSql, type LowBound, type OwnAccount } from './wallet-sql.js';

/** A transfer to book between a partner's wallet and an account of ours. */
export interface Posting {
  /** @default a new one */
  transactionId?: string;
  kind: 'top_up' | 'lease_charge' | 'refund' | 'adjustment' | 'payout' | 'top_up_reversal';
  organizationId: string;
  /** Positive. */
  amountCents: number;
  ownAccount: OwnAccount;
  bookedBy: string;
  leaseId?: string;
  period?: { start: Date; end: Date };
  reversesId?: string;
  reference?: string;
  reason?: string;
}

type RecordedTransfer = BookedTransfer & { recordedAt: Date };

/** The transfer that was booked, and the wallet after it and after the transfers that came with it. */
export interface BookedTransfer {
  transactionId: string;
  balanceAfterCents: number;
  owedAfterCents: number;
  /** The part of a credit that settled the amount owed. */
  settledCents: number;
  /** Its number on the wallet's statement; `null` where it went past the wallet. */
  walletSeq: number | null;
  bookedAt: Date;
}

/** A reversed top-up. */
export interface ReversedTopUp extends BookedTransfer {
  /** What the wallet still held of it. */
  fromWalletCents: number;
  /** The rest. */
  newlyOwedCents: number;
}

/** The double-entry ledger: every transfer is one immutable row that names the account debited and the account credited. */
@Injectable()
export class Ledger {
  constructor(
    private readonly clock: Clock,
    private readonly events: DomainEvents,
    private readonly freeze: MoneyFreeze,
  ) {}

  /**
   * @param before statements that change nothing of a wallet: they go in the round trip of the transfer, so that the wallet's row is
   * locked no longer for them
   * @throws WalletShort when the wallet does not hold the amount or something is owed, Conflict while money is frozen; nothing is booked then
   */
  async debitWallet(em: EntityManager, posting: Posting, before: readonly Sql[] = []): Promise<BookedTransfer> {
    return this.book(em, posting, -posting.amountCents, {
      before: [...before, ...(posting.kind === 'lease_charge' ? [frozenBecauseSql] : [])],
    });
  }

  /**
   * {@link debitWallet} for a lease's charge, sent with the commit: the wallet's row is locked for no round trip. Where the wallet does not
   * cover it, where it may have become low, while money is frozen or where the database's clock was set back, the commit fails
   * (`isRefused`), and `debitWallet` tells why or does what follows.
   * @param before a statement that changes nothing of a wallet, sent before it
   * @returns the transfer, once the transaction is committed
   */
  async chargeWithCommit(
    em: EntityManager,
    posting: Posting,
    lowBound: LowBound,
    before: Sql,
  ): Promise<() => BookedTransfer> {
    await queryWithCommit(em, before);
    const earliest = this.clock.getEarliestRecorded(this.clock.databaseNow());
    const mayBeBooked = sql`AND owed_cents = 0 AND money_frozen_because() IS NULL
                            AND clock_timestamp() >= coalesce(${earliest}::timestamptz, '-infinity')`;
    const booked = await queryWithCommit<RecordedTransfer>(
      em,
      sql`${this.bookSql(posting, -posting.amountCents, mayBeBooked)}
          SELECT ${bookedColumns}, ${refusedIfSql(sql`transfer.id IS NULL`)} AS booked
            FROM (SELECT) once LEFT JOIN (transfer CROSS JOIN wallet) ON true`,
      posting.organizationId,
    );
    await queryWithCommit(em, refuseLowSql(posting.organizationId, lowBound));
    return () => toTransfer(booked()[0]!);
  }

  /**
   * Settles what is owed first, by a transfer of its own.
   * @throws Conflict when the wallet would hold more than a number is exact for, or on a refund while money is frozen; nothing is booked then
   */
  async creditWallet(em: EntityManager, posting: Posting): Promise<BookedTransfer> {
    if (posting.kind === 'refund') await this.freeze.assertNotFrozen(em);
    const { organizationId } = posting;
    this.events.publish(em, 'walletGrew', { organizationId, since: this.clock.now() });
    const booked = await this.book(em, posting, posting.amountCents);
    return booked.owedAfterCents > 0 ? { ...booked, ...(await this.settleOwed(em, posting)) } : booked;
  }

  /**
   * Moves a charge from one lease to another by a refund and a charge of the same amount. The balance is the same afterwards, so
   * nothing is settled in between, and what is owed stops neither.
   * @throws Conflict while money is frozen
   */
  async moveCharge(em: EntityManager, refund: Posting, charge: Posting): Promise<void> {
    await this.freeze.assertNotFrozen(em);
    await this.book(em, refund, refund.amountCents);
    await this.book(em, charge, -refund.amountCents, { evenIfOwed: true });
  }

  /**
   * Takes back a top-up that bounced: what the wallet still holds of it, and the rest is owed. One transfer or two.
   * @param posting of the whole top-up, which `reversesId` names; the wallet must be locked
   */
  async reverse(em: EntityManager, posting: Posting): Promise<ReversedTopUp> {
    const wallet = await this.readWallet(em, posting.organizationId);
    const fromWalletCents = Math.min(wallet.balanceCents, posting.amountCents);
    const newlyOwedCents = posting.amountCents - fromWalletCents;
    const transfers = [
      ...(fromWalletCents > 0
        ? [await this.book(em, { ...posting, amountCents: fromWalletCents }, -fromWalletCents)]
        : []),
      ...(newlyOwedCents > 0 ? [await this.bookOwed(em, { ...posting, amountCents: newlyOwedCents })] : []),
    ];
    const { transactionId } = transfers[0]!;
    return { ...transfers.at(-1)!, transactionId, fromWalletCents, newlyOwedCents };
  }

  /** @throws NotFound */
  async lockWallet(em: EntityManager, organizationId: string): Promise<void> {
    const wallet = await queryRow(
      em,
      sql`SELECT id FROM ledger_account WHERE id = ${walletIdSql(organizationId)} FOR NO KEY UPDATE`,
    );
    if (!wallet) throw new NotFound('This wallet');
  }

  /**
   * Updates the wallet and inserts the transfer in one statement, so that the wallet's row is locked for the commit alone.
   * @param changeCents negative for a debit
   */
  private async book(
    em: EntityManager,
    posting: Posting,
    changeCents: number,
    { evenIfOwed = false, before = [] }: { evenIfOwed?: boolean; before?: readonly Sql[] } = {},
  ): Promise<BookedTransfer> {
    const { organizationId } = posting;
    this.events.publish(em, 'walletChanged', { organizationId });
    const ifNothingOwed = changeCents < 0 && !evenIfOwed ? sql`AND owed_cents = 0` : noSql;
    const sentAt = this.clock.databaseNow();
    const statement = sql`${this.bookSql(posting, changeCents, ifNothingOwed)}
          SELECT ${bookedColumns} FROM transfer CROSS JOIN wallet`;
    const results = await queryTogether<unknown[]>(em, [...before, statement]).catch(toFullWalletError);
    const frozen = before.indexOf(frozenBecauseSql);
    if (frozen >= 0) assertThawed(results[frozen] as FrozenBecause[]);
    const [booked] = results.at(-1) as RecordedTransfer[];
    if (booked) return this.toBooked(booked, sentAt);
    const wallet = await this.readWallet(em, organizationId);
    throw new WalletShort(wallet.balanceCents, posting.amountCents + wallet.owedCents);
  }

  /**
   * The parts `wallet` and `transfer` of a statement that books; neither has a row where the wallet does not hold what it takes.
   * @param condition of the wallet's row, after an `AND`
   */
  private bookSql(posting: Posting, changeCents: number, condition: Sql): Sql {
    const { organizationId, period } = posting;
    const ownAccountId = ownAccountIdSql(sql`wallet.sandbox`, posting.ownAccount);
    const [debited, credited] = changeCents < 0 ? [sql`wallet.id`, ownAccountId] : [ownAccountId, sql`wallet.id`];
    return sql`WITH wallet AS (
            UPDATE ledger_account
               SET balance_cents = balance_cents + ${changeCents}::bigint,
                   wallet_seq = wallet_seq + 1,
                   last_booked_at = greatest(${this.clock.now()}::timestamptz, last_booked_at)
             WHERE id = ${walletIdSql(organizationId)} AND balance_cents + ${changeCents}::bigint >= 0 ${condition}
            RETURNING id, balance_cents, owed_cents, wallet_seq, last_booked_at, sandbox
          ), transfer AS (
            INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id,
                                         period_start, period_end, reverses_id, reference, reason, booked_by,
                                         wallet_seq, wallet_balance_after, booked_at)
            SELECT ${posting.transactionId ?? newId('txn')}, ${posting.kind}, ${debited}, ${credited}, ${Math.abs(changeCents)}, ${organizationId},
                   ${posting.leaseId ?? null}, ${period?.start ?? null}, ${period?.end ?? null}, ${posting.reversesId ?? null},
                   ${posting.reference ?? null}, ${posting.reason ?? null}, ${posting.bookedBy},
                   wallet.wallet_seq, wallet.balance_cents, wallet.last_booked_at
              FROM wallet
            RETURNING id, booked_at, recorded_at
          )`;
  }

  /** Books as owed what an empty wallet cannot give. The transfer is not on the wallet's statement. */
  private async bookOwed(em: EntityManager, posting: Posting): Promise<BookedTransfer> {
    const { organizationId, amountCents } = posting;
    this.events.publish(em, 'walletChanged', { organizationId });
    const sentAt = this.clock.databaseNow();
    const booked = await queryRow<RecordedTransfer>(
      em,
      sql`WITH wallet AS (
            UPDATE ledger_account SET owed_cents = owed_cents + ${amountCents}::bigint
             WHERE id = ${walletIdSql(organizationId)} AND balance_cents = 0
            RETURNING balance_cents, owed_cents, last_booked_at
          ), transfer AS (
            INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reverses_id, reason,
                                         booked_by, booked_at)
            SELECT ${newId('txn')}, ${posting.kind}, ${owedIdSql(organizationId)}, 'funding', ${amountCents}, ${organizationId},
                   ${posting.reversesId}, ${posting.reason}, ${posting.bookedBy},
                   greatest(${this.clock.now()}::timestamptz, wallet.last_booked_at)
              FROM wallet
            RETURNING id, booked_at, recorded_at
          )
          SELECT transfer.id AS "transactionId", wallet.balance_cents AS "balanceAfterCents", wallet.owed_cents AS "owedAfterCents",
                 0 AS "settledCents", NULL::bigint AS "walletSeq", transfer.booked_at AS "bookedAt",
                 transfer.recorded_at AS "recordedAt"
            FROM transfer CROSS JOIN wallet`,
    );
    if (!booked) throw new Error(`the wallet of ${organizationId} holds something and would owe`);
    return this.toBooked(booked, sentAt);
  }

  /** @throws Unavailable where the database's clock was set back meanwhile */
  private toBooked(booked: RecordedTransfer, sentAt: Date): BookedTransfer {
    this.clock.assertNotSetBack(sentAt, booked.recordedAt);
    return toTransfer(booked);
  }

  /** Pays what is owed from the wallet, as far as the balance goes. */
  private async settleOwed(em: EntityManager, { organizationId, bookedBy }: Posting) {
    const { balanceCents, owedCents } = await this.readWallet(em, organizationId);
    const settledCents = Math.min(balanceCents, owedCents);
    const settled = await queryRow<Pick<BookedTransfer, 'balanceAfterCents' | 'owedAfterCents'>>(
      em,
      sql`WITH wallet AS (
            UPDATE ledger_account
               SET balance_cents = balance_cents - ${settledCents}::bigint,
                   owed_cents = owed_cents - ${settledCents}::bigint,
                   wallet_seq = wallet_seq + 1
             WHERE id = ${walletIdSql(organizationId)}
            RETURNING id, balance_cents, owed_cents, wallet_seq, last_booked_at
          ), transfer AS (
            INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, reason, booked_by,
                                         wallet_seq, wallet_balance_after, booked_at)
            SELECT ${newId('txn')}, 'top_up_reversal', wallet.id, ${owedIdSql(organizationId)}, ${settledCents}, ${organizationId},
                   'Settles what a top-up that came back left owed', ${bookedBy},
                   wallet.wallet_seq, wallet.balance_cents, wallet.last_booked_at
              FROM wallet
          )
          SELECT balance_cents AS "balanceAfterCents", owed_cents AS "owedAfterCents" FROM wallet`,
    );
    return { ...settled!, settledCents };
  }

  private async readWallet(
    em: EntityManager,
    organizationId: string,
  ): Promise<{ balanceCents: number; owedCents: number }> {
    const wallet = await queryRow<{ balanceCents: number; owedCents: number }>(
      em,
      sql`SELECT balance_cents AS "balanceCents", owed_cents AS "owedCents" FROM ledger_account
           WHERE id = ${walletIdSql(organizationId)}`,
    );
    if (!wallet) throw new NotFound('This wallet');
    return wallet;
  }
}

/** The columns of a {@link RecordedTransfer}. */
const bookedColumns = sql`transfer.id AS "transactionId", wallet.balance_cents AS "balanceAfterCents",
  wallet.owed_cents AS "owedAfterCents", 0 AS "settledCents", wallet.wallet_seq AS "walletSeq", transfer.booked_at AS "bookedAt",
  transfer.recorded_at AS "recordedAt"`;

function toTransfer({
  transactionId,
  balanceAfterCents,
  owedAfterCents,
  settledCents,
  walletSeq,
  bookedAt,
}: RecordedTransfer) {
  return { transactionId, balanceAfterCents, owedAfterCents, settledCents, walletSeq, bookedAt };
}

function toFullWalletError(error: unknown): never {
  if (!violatesCheck(error, 'ledger_account_balance_cents_check')) throw error;
  throw new Conflict('not_allowed_now', 'The wallet would exceed its maximum; nothing was booked.');
}

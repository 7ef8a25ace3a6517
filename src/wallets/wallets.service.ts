import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor, Insider } from '../authorization/actor.js';
import { Conflict, NotFound, WalletShort } from '../core/errors.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { validated } from '../core/validation.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { isLiveSql } from '../core/live-lease-sql.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { Adjustment, Payout, ReverseTopUp, TopUp } from './commands.js';
import { findNewestCharge, toFirstCharge, toRefund, type ChargedLease } from './lease-charges.js';
import { Ledger, type BookedTransfer } from './ledger.js';
import { LeasedMonths } from './leased-months.js';
import { ApprovalsService } from './approvals.service.js';
import { CreditedWallet, type WalletChange } from './credited-wallet.js';
import {
  ManualTransactions,
  retryOnce,
  toBookedTransaction,
  type BookedTransaction,
  type Booking,
  type ManualTransaction,
} from './manual-transactions.js';
import { UsualAmounts } from './usual-amounts.js';
import { getWalletAfter } from './wallet-after.js';
import { organizationPriceSql, owedIdSql, walletIdSql, type LowBound } from './wallet-sql.js';

/** Whether a wallet covers an assignment. */
export interface WalletPreview {
  balanceCents: number;
  owedCents: number;
  /** The monthly price of an account for this partner. */
  priceCents: number;
  /** How many first months the wallet pays for. */
  covers: number;
}

export interface WalletSummary extends WalletPreview {
  organizationId: string;
  currency: 'USD';
  liveLeases: number;
  monthlyCommitmentCents: number;
  nextRenewalAt: Date | null;
}

/** What the end of a lease gave back, and the wallet after it. */
export interface Refund extends WalletChange {
  refundedCents: number;
  /** The part of it that settled the amount owed. */
  settledCents: number;
  /** Of the refund; `null` where there was none. */
  transactionId: string | null;
}

/** A transaction that was booked, or proposed where it needs an approval. */
export interface TransactionReceipt extends Omit<BookedTransaction, 'transactionId'> {
  transactionId: string | null;
  proposalId: string | null;
  /** Negative where it takes from the wallet. */
  amountCents: number;
}

type BookedOrProposed = Omit<Booking, 'transactionId'> &
  Pick<TransactionReceipt, 'transactionId' | 'proposalId' | 'amountCents'>;

/** What moves money in and out of partners' wallets, and who may do so. `Ledger` books it. */
@Injectable()
export class WalletsService {
  private readonly leasedMonths = new LeasedMonths();

  constructor(
    private readonly transactions: Transactions,
    private readonly creditedWallet: CreditedWallet,
    private readonly ledger: Ledger,
    private readonly manualTransactions: ManualTransactions,
    private readonly approvals: ApprovalsService,
    private readonly usualAmounts: UsualAmounts,
    private readonly organizationClock: OrganizationClock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** Creates the empty wallet of a new organization, and the account of what it owes. */
  async open(em: EntityManager, organizationId: string): Promise<void> {
    await queryRows(
      em,
      sql`INSERT INTO ledger_account (id, kind, organization_id, balance_cents, owed_cents, wallet_seq)
          VALUES (${walletIdSql(organizationId)}, 'wallet', ${organizationId}, 0, 0, 0),
                 (${owedIdSql(organizationId)}, 'owed', ${organizationId}, NULL, NULL, NULL)`,
    );
  }

  /**
   * Books money that a partner paid in. A repeated call with the same organization, amount and reference gets the first answer.
   * @throws Conflict when the reference stands for another top-up or for one that was reversed since, or when an unusual amount is not
   * confirmed; ValidationFailed, NotFound
   */
  async topUp(caller: Insider, input: TopUp): Promise<BookedTransaction> {
    assertAllowed(caller, 'topUp');
    const command = validated(TopUp, input);
    const { change, wallet } = await this.organizationClock.run(command.organizationId, () =>
      retryOnce(() => this.creditedWallet.run((em) => this.topUpOnce(em, caller, command))),
    );
    return toBookedTransaction(change, wallet);
  }

  /** The top-up within a transaction of the caller. */
  async topUpOnce(em: EntityManager, caller: Insider, command: TopUp): Promise<Booking> {
    const { organizationId, amountCents, confirmedCents } = command;
    const transaction = { kind: 'top_up' as const, organizationId, amountCents, reference: command.reference.trim() };
    await this.usualAmounts.assertUsual(em, transaction, confirmedCents);
    return this.manualTransactions.book(em, caller, transaction);
  }

  /**
   * Corrects a wallet in either direction; once for one reference, where it has one. Over the limit it waits for a second person.
   * @throws WalletShort when it would take more than the wallet holds, Conflict when the reference stands for another adjustment or an
   * unusual amount is not confirmed
   */
  async adjust(caller: Insider, input: Adjustment): Promise<TransactionReceipt> {
    assertAllowed(caller, 'adjust');
    const { organizationId, amountCents, confirmedCents, reason, reference } = validated(Adjustment, input);
    return this.bookOrPropose(caller, organizationId, async (em) => {
      const transaction: ManualTransaction = {
        kind: 'adjustment',
        organizationId,
        amountCents,
        reason: reason.trim(),
        reference: reference?.trim(),
      };
      await this.usualAmounts.assertUsual(em, transaction, confirmedCents);
      return transaction;
    });
  }

  /**
   * Books money that went back to a partner, once for one reference. Over the limit it waits for a second person.
   * @throws WalletShort when the wallet does not hold it or something is owed, Conflict when the reference stands for another payout or
   * an unusual amount is not confirmed
   */
  async payOut(caller: Insider, input: Payout): Promise<TransactionReceipt> {
    assertAllowed(caller, 'payout');
    const { organizationId, amountCents, confirmedCents, reference, reason } = validated(Payout, input);
    return this.bookOrPropose(caller, organizationId, async (em) => {
      const transaction: ManualTransaction = {
        kind: 'payout',
        organizationId,
        amountCents: -amountCents,
        reference: reference.trim(),
        reason: reason?.trim(),
      };
      await this.usualAmounts.assertUsual(em, transaction, confirmedCents === undefined ? undefined : -confirmedCents);
      return transaction;
    });
  }

  /**
   * Takes back a top-up that bounced, once: what the wallet holds of it, and the rest is owed. Over the limit it waits for a second
   * person.
   * @throws NotFound when the transfer is not a top-up of this organization
   */
  async reverseTopUp(caller: Insider, input: ReverseTopUp): Promise<TransactionReceipt> {
    assertAllowed(caller, 'reverseTopUp');
    const command = validated(ReverseTopUp, input);
    return this.bookOrPropose(caller, command.organizationId, (em) => this.toReversal(em, command));
  }

  private async toReversal(
    em: EntityManager,
    { organizationId, transactionId, reason }: ReverseTopUp,
  ): Promise<ManualTransaction> {
    const topUp = await queryRow<{ amountCents: number }>(
      em,
      sql`SELECT amount_cents AS "amountCents" FROM ledger_transfer
           WHERE id = ${transactionId} AND organization_id = ${organizationId} AND kind = 'top_up'`,
    );
    if (!topUp) throw new NotFound('This top-up');
    const amountCents = -topUp.amountCents;
    return { kind: 'top_up_reversal', organizationId, amountCents, reversesId: transactionId, reason: reason.trim() };
  }

  /** @param getTransaction may run more than once */
  private async bookOrPropose(
    caller: Insider,
    organizationId: string,
    getTransaction: (em: EntityManager) => Promise<ManualTransaction>,
  ): Promise<TransactionReceipt> {
    const book = () =>
      this.creditedWallet.run<BookedOrProposed>(async (em) => {
        const transaction = await getTransaction(em);
        const isPlayMoney = await this.isPlayMoney(em, transaction);
        const needsApproval = !isPlayMoney && Math.abs(transaction.amountCents) > this.settings.dualControlCents;
        if (needsApproval && !(await this.manualTransactions.findEarlier(em, transaction))) {
          return this.propose(em, caller, transaction);
        }
        const { amountCents } = transaction;
        return { proposalId: null, amountCents, ...(await this.manualTransactions.book(em, caller, transaction)) };
      });
    const { change, wallet } = await this.organizationClock.run(organizationId, () => retryOnce(book));
    const { transactionId, proposalId, amountCents, settledCents, replayed } = change;
    return { transactionId, proposalId, amountCents, settledCents, replayed, ...wallet };
  }

  /** Play money is not approved by a second person. @throws Conflict where nobody could have paid it in, or out */
  private async isPlayMoney(em: EntityManager, { organizationId, kind }: ManualTransaction): Promise<boolean> {
    const wallet = await queryRow<{ sandbox: boolean }>(
      em,
      sql`SELECT sandbox FROM ledger_account WHERE id = ${walletIdSql(organizationId)}`,
    );
    if (wallet?.sandbox && (kind === 'payout' || kind === 'top_up_reversal')) {
      throw new Conflict('not_allowed_now', 'This is a sandbox’s play money: adjust it instead. Nothing was booked.');
    }
    return wallet?.sandbox ?? false;
  }

  private async propose(em: EntityManager, caller: Insider, transaction: ManualTransaction): Promise<BookedOrProposed> {
    const { organizationId, amountCents } = transaction;
    const { balanceCents, owedCents } = await this.preview(em, organizationId);
    if (!getWalletAfter({ balanceCents, owedCents }, transaction)) {
      throw new WalletShort(balanceCents, owedCents - amountCents);
    }
    const { proposalId, replayed } = await this.approvals.propose(em, caller, transaction);
    const nothingBooked = { transactionId: null, walletSeq: null, settledCents: 0 };
    return { ...nothingBooked, proposalId, organizationId, amountCents, balanceCents, owedCents, replayed };
  }

  /**
   * @param transactionId of the charge, which events name before the wallet is locked
   * @param before further statements for its round trip, which change nothing of a wallet
   * @throws WalletShort when the wallet does not cover the lease's price
   */
  chargeFirstMonth(
    em: EntityManager,
    actor: Actor,
    lease: ChargedLease,
    transactionId: string,
    before: readonly Sql[] = [],
  ): Promise<BookedTransfer> {
    return this.ledger.debitWallet(em, toFirstCharge(actor, lease, transactionId), before);
  }

  /**
   * {@link chargeFirstMonth} with the commit, for a wallet that seems to cover it.
   * @returns the transfer, once the transaction is committed; its commit fails (`isRefused`) where `chargeFirstMonth` must decide
   */
  chargeWithCommit(
    em: EntityManager,
    actor: Actor,
    lease: ChargedLease,
    transactionId: string,
    lowBound: LowBound,
    before: Sql,
  ): Promise<() => BookedTransfer> {
    return this.ledger.chargeWithCommit(em, toFirstCharge(actor, lease, transactionId), lowBound, before);
  }

  /** @param wallet of {@link previewBeforeLockSql} */
  async readLowBound(
    em: EntityManager,
    organizationId: string,
    { lowThresholdCents, walletSeq }: PreviewBeforeLockRow,
  ): Promise<LowBound> {
    if (lowThresholdCents !== null) return { cents: lowThresholdCents, walletSeq: null };
    return this.leasedMonths.read(em, organizationId, walletSeq);
  }

  /** For an assignment step by step: a bound that is too high by leases that have ended would send the next one there too. */
  forgetLowBound(organizationId: string): void {
    this.leasedMonths.forget(organizationId);
  }

  /**
   * Moves the newest charge of one lease to the lease that replaces it at the same price. When it was refunded already, the new
   * lease is charged instead.
   * @param transactionId of the charge of the new lease
   * @returns the refunded cents
   * @throws WalletShort
   */
  async moveCharge(
    em: EntityManager,
    actor: Actor,
    from: string,
    to: ChargedLease,
    transactionId: string,
    reason: string,
  ): Promise<number> {
    const charge = await findNewestCharge(em, from);
    if (!charge) {
      await this.chargeFirstMonth(em, actor, to, transactionId);
      return 0;
    }
    await this.ledger.moveCharge(em, toRefund(charge, actor, reason), toFirstCharge(actor, to, transactionId));
    return charge.amountCents;
  }

  /** Refunds the newest charge of a lease by a reversing transfer; refunds nothing when that was done already. */
  async refundNewestCharge(
    em: EntityManager,
    actor: Actor,
    { id, organizationId }: Pick<ChargedLease, 'id' | 'organizationId'>,
    reason: string,
  ): Promise<Refund> {
    const charge = await findNewestCharge(em, id);
    if (!charge) return this.noRefund(em, organizationId);
    const booked = await this.ledger.creditWallet(em, toRefund(charge, actor, reason));
    const { balanceAfterCents: balanceCents, owedAfterCents: owedCents, ...rest } = booked;
    return { organizationId, refundedCents: charge.amountCents, balanceCents, owedCents, ...rest };
  }

  async noRefund(em: EntityManager, organizationId: string): Promise<Refund> {
    const { balanceCents, owedCents } = await this.preview(em, organizationId);
    const nothingBooked = { refundedCents: 0, settledCents: 0, walletSeq: null, transactionId: null };
    return { organizationId, ...nothingBooked, balanceCents, owedCents };
  }

  /** @throws NotFound */
  async preview(em: EntityManager, organizationId: string): Promise<WalletPreview> {
    return toPreview(await queryRows<PreviewRow>(em, this.previewSql(sql`${organizationId}`)));
  }

  /** The statement of {@link preview}, for one round trip with others. @param organizationId an expression */
  previewSql(organizationId: Sql): Sql {
    return sql`SELECT ${this.previewColumns()}
                 FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id
                WHERE wallet.id = ${walletIdSql(organizationId)}`;
  }

  /** {@link previewSql} with what {@link chargeWithCommit} goes by, for a transaction that holds a share lock of the organization. */
  previewBeforeLockSql(organizationId: Sql): Sql {
    return sql`SELECT ${this.previewColumns()}, wallet.wallet_seq AS "walletSeq",
                      organization.low_balance_threshold_cents AS "lowThresholdCents"
                 FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id
                WHERE wallet.id = ${walletIdSql(organizationId)}`;
  }

  private previewColumns(): Sql {
    return sql`wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
               ${organizationPriceSql(this.settings.leasePriceCents)} AS "priceCents"`;
  }

  /** @throws NotFound */
  show(organizationId: string): Promise<WalletSummary> {
    return this.transactions.run((em) => this.summary(em, organizationId), { allowClockFault: true });
  }

  async summary(em: EntityManager, organizationId: string): Promise<WalletSummary> {
    const preview = await this.preview(em, organizationId);
    const commitment = await queryRow<Pick<WalletSummary, 'liveLeases' | 'monthlyCommitmentCents' | 'nextRenewalAt'>>(
      em,
      sql`SELECT count(*) AS "liveLeases", coalesce(sum(price_cents), 0)::bigint AS "monthlyCommitmentCents",
                 min(next_renewal_at) AS "nextRenewalAt"
            FROM lease WHERE organization_id = ${organizationId} AND ${isLiveSql()}`,
    );
    return { organizationId, currency: 'USD', ...preview, ...commitment! };
  }
}

/** A row of `WalletsService.previewSql`. */
export type PreviewRow = Omit<WalletPreview, 'covers'>;

/** A row of `WalletsService.previewBeforeLockSql`. */
export interface PreviewBeforeLockRow extends PreviewRow {
  /** The newest line of the wallet's statement. */
  walletSeq: number;
  lowThresholdCents: number | null;
}

/** @throws NotFound */
export function toPreview([wallet]: PreviewRow[]): WalletPreview {
  if (!wallet) throw new NotFound('This wallet');
  return { ...wallet, covers: getCoveredCount(wallet) };
}

/** How many first months a wallet pays for; none while something is owed. */
export function getCoveredCount(wallet: { balanceCents: number; owedCents: number; priceCents: number }): number {
  return wallet.owedCents > 0 ? 0 : Math.floor(wallet.balanceCents / wallet.priceCents);
}

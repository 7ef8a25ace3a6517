import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Conflict } from '../core/errors.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, sql } from '../core/sql.js';
import { sentence } from '../core/sentence.js';
import { Ledger, type BookedTransfer, type Posting } from './ledger.js';
import { isReferenceSql, walletChangeSql, walletIdSql } from './wallet-sql.js';

export type ManualTransactionKind = 'top_up' | 'adjustment' | 'payout' | 'top_up_reversal';

/** Money that staff move by hand. */
export interface ManualTransaction {
  kind: ManualTransactionKind;
  organizationId: string;
  /** Negative where it takes from the wallet. */
  amountCents: number;
  reference?: string;
  reason?: string;
  /** The top-up that bounced. */
  reversesId?: string;
}

/** The first transfer of a transaction, and the wallet after it. */
export interface BookedTransaction {
  transactionId: string;
  balanceCents: number;
  owedCents: number;
  /** Booked by an earlier call. */
  replayed: boolean;
}

const kindNames: Record<ManualTransactionKind, string> = {
  top_up: 'top-up',
  adjustment: 'adjustment',
  payout: 'payout',
  top_up_reversal: 'reversal',
};

const eventTypes = {
  top_up: 'wallet.topped_up',
  adjustment: 'wallet.adjusted',
  payout: 'wallet.paid_out',
  top_up_reversal: 'wallet.reversed',
} as const;

/** The wallet after a transfer, and after the one that settled with it what was owed. */
const bookedColumns = sql`transfer.id AS "transactionId",
  coalesce(settlement.wallet_balance_after, transfer.wallet_balance_after, 0) AS "balanceCents", wallet.owed_cents AS "owedCents"`;
const bookedTables = sql`ledger_transfer transfer
  JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`transfer.organization_id`)}
  LEFT JOIN ledger_transfer settlement
    ON settlement.organization_id = transfer.organization_id AND settlement.wallet_seq = transfer.wallet_seq + 1
   AND starts_with(settlement.credit_account_id, 'owed:')`;

/** Books what staff move by hand, each transaction once, with its event in the audit log. The caller checks permissions. */
@Injectable()
export class ManualTransactions {
  constructor(
    private readonly ledger: Ledger,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param auditFacts added to the event in the audit log
   * @throws WalletShort, Conflict when the reference stands for another transaction; nothing is booked then
   */
  async book(
    em: EntityManager,
    caller: Insider,
    transaction: ManualTransaction,
    auditFacts: object = {},
  ): Promise<BookedTransaction> {
    // The two transfers of a reversal share no unique index, and a repeated payout would find the wallet short instead of the first payout.
    if (transaction.amountCents < 0) await this.ledger.lockWallet(em, transaction.organizationId);
    const earlier = await this.findEarlier(em, transaction);
    if (earlier) return earlier;
    const booked = await this.bookNew(em, transaction, getActorId(caller));
    const { organizationId, amountCents, reference, reason, reversesId } = transaction;
    await this.audit.record(em, caller, {
      type: eventTypes[transaction.kind],
      organizationId,
      objectId: organizationId,
      data: { amountCents, transactionId: booked.transactionId },
      internal: { reference, reason, reversesId, ...auditFacts, before: booked.before, after: booked.after },
    });
    return { transactionId: booked.transactionId, ...booked.after, replayed: false };
  }

  /** The same transaction when it is booked already. @throws Conflict when the reference stands for another one */
  async findEarlier(em: EntityManager, transaction: ManualTransaction): Promise<BookedTransaction | null> {
    const { kind, organizationId, amountCents, reference, reversesId } = transaction;
    if (reference === undefined && reversesId === undefined) return null;
    const earlier = await queryRow<Omit<BookedTransaction, 'replayed'> & { same: boolean }>(
      em,
      sql`SELECT ${bookedColumns},
              transfer.kind = 'top_up_reversal' OR
                transfer.organization_id = ${organizationId} AND ${walletChangeSql('transfer')} = ${amountCents}::bigint AS same
         FROM ${bookedTables}
        WHERE transfer.kind = ${kind} AND (${isReferenceSql(sql`transfer.reference`, reference)} OR transfer.reverses_id = ${reversesId ?? null})
        ORDER BY (transfer.reference = ${reference ?? null}) DESC NULLS LAST, transfer.wallet_seq NULLS LAST LIMIT 1`,
    );
    if (!earlier) return null;
    const { same, ...found } = earlier;
    if (!same) {
      throw new Conflict(
        'reference_reused',
        sentence`The reference ${reference} stands for another ${kindNames[kind]} already.`,
      );
    }
    return { ...found, replayed: true };
  }

  async readBooked(em: EntityManager, transactionId: string): Promise<BookedTransaction> {
    const found = await queryRow<Omit<BookedTransaction, 'replayed'>>(
      em,
      sql`SELECT ${bookedColumns} FROM ${bookedTables} WHERE transfer.id = ${transactionId}`,
    );
    return { ...found!, replayed: true };
  }

  private async bookNew(em: EntityManager, transaction: ManualTransaction, bookedBy: string) {
    const { kind, organizationId, amountCents, reference, reason, reversesId } = transaction;
    const posting: Posting = {
      kind,
      organizationId,
      amountCents: Math.abs(amountCents),
      ownAccount: kind === 'adjustment' ? 'adjustments' : 'funding',
      reference,
      reason,
      reversesId,
      bookedBy,
    };
    if (kind === 'top_up_reversal') {
      const reversed = await this.ledger.reverse(em, posting);
      return toBeforeAndAfter(reversed, -reversed.fromWalletCents, reversed.newlyOwedCents);
    }
    if (amountCents < 0) return toBeforeAndAfter(await this.ledger.debitWallet(em, posting), amountCents, 0);
    const booked = await this.ledger.creditWallet(em, posting);
    return toBeforeAndAfter(booked, amountCents - booked.settledCents, -booked.settledCents);
  }
}

function toBeforeAndAfter(booked: BookedTransfer, walletChangeCents: number, owedChangeCents: number) {
  const after = { balanceCents: booked.balanceAfterCents, owedCents: booked.owedAfterCents };
  return {
    transactionId: booked.transactionId,
    before: { balanceCents: after.balanceCents - walletChangeCents, owedCents: after.owedCents - owedChangeCents },
    after,
  };
}

const uniqueIndexes = [
  'ledger_transfer_top_up_reference',
  'ledger_transfer_adjustment_reference',
  'ledger_transfer_payout_reference',
  'movement_proposal_reference',
  'movement_proposal_reversal',
];

/** Runs `work` again after a colleague booked or proposed the same at the same time: the second run finds theirs. */
export async function retryOnce<Receipt>(work: () => Promise<Receipt>): Promise<Receipt> {
  try {
    return await work();
  } catch (error) {
    if (uniqueIndexes.some((index) => violatesUnique(error, index))) return work();
    throw error;
  }
}

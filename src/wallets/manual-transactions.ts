import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Conflict } from '../core/errors.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { sentence } from '../core/sentence.js';
import { toTextKey } from '../core/text-key.js';
import type { WalletChange, WalletNow } from './credited-wallet.js';
import { Ledger, type BookedTransfer, type Posting } from './ledger.js';
import { isReferenceSql, walletChangeSql, walletIdSql } from './wallet-sql.js';
import { formatUtcDay } from '../core/utc-times.js';

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

/** The first transfer of a transaction, and the wallet after it; the wallet as it is now where an earlier call booked it. */
export interface Booking extends WalletChange {
  transactionId: string;
  /** The part of a credit that settled the amount owed; 0 where an earlier call booked it. */
  settledCents: number;
  /** Booked by an earlier call. */
  replayed: boolean;
}

/** A transaction that was booked, and the wallet now. */
export interface BookedTransaction extends WalletNow {
  transactionId: string;
  /** The part of a credit that settled the amount owed. */
  settledCents: number;
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

/** A transfer of an earlier call, with the wallet as it is now: the one that it left may be long gone. */
const earlierColumns = sql`transfer.id AS "transactionId", transfer.organization_id AS "organizationId",
  wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents"`;
const earlierTables = sql`ledger_transfer transfer
  JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`transfer.organization_id`)}`;

type EarlierTransaction = Pick<Booking, 'transactionId' | 'organizationId' | 'balanceCents' | 'owedCents'>;

/** Books what staff move by hand, each transaction once, with its event in the audit log. The caller checks permissions. */
@Injectable()
export class ManualTransactions {
  constructor(
    private readonly ledger: Ledger,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param auditFacts added to the event in the audit log
   * @throws WalletShort, Conflict when the reference stands for another transaction or for one that was reversed; nothing is booked then
   */
  async book(
    em: EntityManager,
    caller: Insider,
    transaction: ManualTransaction,
    auditFacts: object = {},
  ): Promise<Booking> {
    await lockReference(em, transaction);
    // The two transfers of a reversal share no unique index, and a repeated payout would find the wallet short instead of the first payout.
    if (transaction.amountCents < 0) await this.ledger.lockWallet(em, transaction.organizationId);
    const earlier = await this.readEarlier(em, transaction);
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
    const { transactionId, settledCents, walletSeq } = booked;
    return { transactionId, organizationId, ...booked.after, settledCents, walletSeq, replayed: false };
  }

  /**
   * The same transaction when it is booked already. Until the transaction ends nobody else books or proposes anything of its reference.
   * @throws Conflict when the reference stands for another one, or for a top-up that was reversed since
   */
  async findEarlier(em: EntityManager, transaction: ManualTransaction): Promise<Booking | null> {
    await lockReference(em, transaction);
    return this.readEarlier(em, transaction);
  }

  private async readEarlier(em: EntityManager, transaction: ManualTransaction): Promise<Booking | null> {
    const { kind, organizationId, amountCents, reference, reversesId } = transaction;
    if (reference === undefined && reversesId === undefined) return null;
    const earlier = await queryRow<EarlierTransaction & { same: boolean; reversedAt: Date | null }>(
      em,
      sql`SELECT ${earlierColumns},
              (SELECT min(reversal.booked_at) FROM ledger_transfer reversal WHERE reversal.reverses_id = transfer.id) AS "reversedAt",
              transfer.kind = 'top_up_reversal' OR
                transfer.organization_id = ${organizationId} AND ${walletChangeSql('transfer')} = ${amountCents}::bigint AS same
         FROM ${earlierTables}
        WHERE transfer.kind = ${kind} AND (${isReferenceSql(sql`transfer.reference`, reference)} OR transfer.reverses_id = ${reversesId ?? null})
        ORDER BY (transfer.reference = ${reference ?? null}) DESC NULLS LAST, transfer.wallet_seq NULLS LAST LIMIT 1`,
    );
    if (!earlier) return null;
    const { same, reversedAt, ...found } = earlier;
    if (!same) {
      throw new Conflict(
        'reference_reused',
        sentence`The reference ${reference} is already used by another ${kindNames[kind]}.`,
      );
    }
    if (reversedAt) {
      throw new Conflict(
        'reference_reversed',
        sentence`The payment ${reference} was reversed on ${formatUtcDay(reversedAt)}. Use a new reference for a later payment; nothing was booked.`,
      );
    }
    return toEarlierBooking(found);
  }

  async readBooked(em: EntityManager, transactionId: string): Promise<Booking> {
    const found = await queryRow<EarlierTransaction>(
      em,
      sql`SELECT ${earlierColumns} FROM ${earlierTables} WHERE transfer.id = ${transactionId}`,
    );
    return toEarlierBooking(found!);
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

export function toBookedTransaction(booking: Booking, wallet: WalletNow): BookedTransaction {
  const { transactionId, settledCents, replayed } = booking;
  return { transactionId, settledCents, replayed, ...wallet };
}

function toEarlierBooking(found: EarlierTransaction): Booking {
  return { ...found, settledCents: 0, walletSeq: null, replayed: true };
}

function toBeforeAndAfter(booked: BookedTransfer, walletChangeCents: number, owedChangeCents: number) {
  const after = { balanceCents: booked.balanceAfterCents, owedCents: booked.owedAfterCents };
  return {
    transactionId: booked.transactionId,
    settledCents: booked.settledCents,
    walletSeq: booked.walletSeq,
    before: { balanceCents: after.balanceCents - walletChangeCents, owedCents: after.owedCents - owedChangeCents },
    after,
  };
}

/** Two spellings of one reference share no unique index: older transfers may have both. Before the wallet's lock, so that none waits for the other. */
async function lockReference(em: EntityManager, { kind, reference }: ManualTransaction): Promise<void> {
  if (!reference) return;
  const name = `${kind} ${toTextKey(reference)}`;
  await queryRows(em, sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
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

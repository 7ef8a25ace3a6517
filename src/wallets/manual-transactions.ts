import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Conflict } from '../core/errors.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow } from '../core/sql.js';
import { Ledger, type Booked, type Posting } from './ledger.js';

export type ManualTransactionKind = 'top_up' | 'adjustment' | 'payout' | 'top_up_reversal';

/** Money that staff move by hand; cents, negative where it leaves the partner. */
export interface ManualTransaction {
  kind: ManualTransactionKind;
  organizationId: string;
  amountCents: number;
  reference?: string;
  reason?: string;
  /** The top-up that came back. */
  reversesId?: string;
}

/** The transfer that stands for a movement; `replayed` when an earlier call booked it. Cents. */
export interface BookedTransaction {
  transactionId: string;
  balanceCents: number;
  owedCents: number;
  replayed: boolean;
}

const kindNames: Record<ManualTransactionKind, string> = {
  top_up: 'top-up',
  adjustment: 'adjustment',
  payout: 'payout',
  top_up_reversal: 'reversal',
};

const events = {
  top_up: 'wallet.topped_up',
  adjustment: 'wallet.adjusted',
  payout: 'wallet.paid_out',
  top_up_reversal: 'wallet.reversed',
} as const;

/** What the wallet held after a transfer, and after the line that settled with it what was owed. */
const bookedColumns = `transfer.id AS "transactionId",
  coalesce(settlement.wallet_balance_after, transfer.wallet_balance_after, 0) AS "balanceCents", wallet.owed_cents AS "owedCents"`;
const bookedTables = `ledger_transfer transfer
  JOIN ledger_account wallet ON wallet.id = 'wallet:' || transfer.organization_id
  LEFT JOIN ledger_transfer settlement
    ON settlement.organization_id = transfer.organization_id AND settlement.wallet_seq = transfer.wallet_seq + 1
   AND starts_with(settlement.credit_account_id, 'owed:')`;

/** Books what staff move by hand, each movement once, with its event on the trail. Who may do so is asked before. */
@Injectable()
export class ManualTransactions {
  constructor(
    private readonly ledger: Ledger,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param also what the trail keeps beside the movement itself
   * @throws WalletShort, Conflict where the reference stands for another movement; nothing is booked then
   */
  async book(
    em: EntityManager,
    caller: Insider,
    movement: ManualTransaction,
    also: object = {},
  ): Promise<BookedTransaction> {
    // Two legs of one reversal have no unique index in common, and a wallet that the same call has just emptied would be told as short.
    if (movement.amountCents < 0) await this.ledger.lockWallet(em, movement.organizationId);
    const earlier = await this.findEarlier(em, movement);
    if (earlier) return earlier;
    const booked = await this.bookNew(em, movement, getActorId(caller));
    const { reference, reason, reversesId } = movement;
    await this.audit.record(em, caller, {
      type: events[movement.kind],
      organizationId: movement.organizationId,
      objectId: movement.organizationId,
      data: { amountCents: movement.amountCents, transactionId: booked.transactionId },
      internal: { reference, reason, reversesId, ...also, before: booked.before, after: booked.after },
    });
    return { transactionId: booked.transactionId, ...booked.after, replayed: false };
  }

  /** What booked this movement before, if anything did. @throws Conflict where the reference stands for another one */
  async findEarlier(em: EntityManager, movement: ManualTransaction): Promise<BookedTransaction | null> {
    const { kind, organizationId, amountCents, reference, reversesId } = movement;
    if (reference === undefined && reversesId === undefined) return null;
    const earlier = await queryRow<Omit<BookedTransaction, 'replayed'> & { same: boolean }>(
      em,
      `SELECT ${bookedColumns},
              transfer.kind = 'top_up_reversal' OR transfer.organization_id = $4
                AND CASE WHEN transfer.credit_account_id = 'wallet:' || transfer.organization_id
                         THEN transfer.amount_cents ELSE -transfer.amount_cents END = $5::bigint AS same
         FROM ${bookedTables}
        WHERE transfer.kind = $1 AND (transfer.reference = $2 OR transfer.reverses_id = $3)
        ORDER BY transfer.wallet_seq NULLS LAST LIMIT 1`,
      [kind, reference ?? null, reversesId ?? null, organizationId, amountCents],
    );
    if (!earlier) return null;
    const { same, ...found } = earlier;
    if (!same) {
      throw new Conflict(
        'reference_reused',
        `The reference ${reference} stands for another ${kindNames[kind]} already.`,
      );
    }
    return { ...found, replayed: true };
  }

  /** The movement that a transfer stands for. */
  async bookedAs(em: EntityManager, transactionId: string): Promise<BookedTransaction> {
    const found = await queryRow<Omit<BookedTransaction, 'replayed'>>(
      em,
      `SELECT ${bookedColumns} FROM ${bookedTables} WHERE transfer.id = $1`,
      [transactionId],
    );
    return { ...found!, replayed: true };
  }

  private async bookNew(em: EntityManager, movement: ManualTransaction, bookedBy: string) {
    const { kind, organizationId, amountCents, reference, reason, reversesId } = movement;
    const posting: Posting = {
      kind,
      organizationId,
      amountCents: Math.abs(amountCents),
      houseAccount: kind === 'adjustment' ? 'adjustments' : 'funding',
      reference,
      reason,
      reversesId,
      bookedBy,
    };
    if (kind === 'top_up_reversal') {
      const taken = await this.ledger.reverse(em, posting);
      return withBefore(taken, -taken.fromWalletCents, taken.newlyOwedCents);
    }
    if (amountCents < 0) return withBefore(await this.ledger.debitWallet(em, posting), amountCents, 0);
    const booked = await this.ledger.creditWallet(em, posting);
    return withBefore(booked, amountCents - booked.settledCents, -booked.settledCents);
  }
}

function withBefore(booked: Booked, walletChangeCents: number, owedChangeCents: number) {
  const after = { balanceCents: booked.balanceAfterCents, owedCents: booked.owedAfterCents };
  return {
    transactionId: booked.transactionId,
    before: { balanceCents: after.balanceCents - walletChangeCents, owedCents: after.owedCents - owedChangeCents },
    after,
  };
}

const onceIndexes = [
  'ledger_transfer_top_up_reference',
  'ledger_transfer_adjustment_reference',
  'ledger_transfer_payout_reference',
  'movement_proposal_reference',
  'movement_proposal_reversal',
];

/** A colleague may book or propose the same at the same moment: the second look finds it. */
export async function retryOnce<Receipt>(move: () => Promise<Receipt>): Promise<Receipt> {
  try {
    return await move();
  } catch (error) {
    if (onceIndexes.some((index) => violatesUnique(error, index))) return move();
    throw error;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor, Insider } from '../authorization/actor.js';
import { getActorId } from '../audit/audit.service.js';
import { NotFound, WalletShort } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { Adjustment, Payout, ReverseTopUp, TopUp } from './commands.js';
import { Ledger, type Booked, type Posting } from './ledger.js';
import { ApprovalsService } from './approvals.service.js';
import {
  ManualTransactions,
  retryOnce,
  type BookedTransaction,
  type ManualTransaction,
} from './manual-transactions.js';

/** What decides whether a wallet covers an assignment; cents. */
export interface WalletPreview {
  balanceCents: number;
  owedCents: number;
  /** The organisation's own monthly price, else the house's. */
  priceCents: number;
  /** How many first months the balance pays for. */
  covers: number;
}

export interface WalletSummary extends WalletPreview {
  organizationId: string;
  currency: 'USD';
  liveLeases: number;
  monthlyCommitmentCents: number;
  nextRenewalAt: Date | null;
}

/** The lease that a charge belongs to. */
export interface ChargedLease {
  id: string;
  organizationId: string;
  priceCents: number;
  billedFrom: Date;
  nextRenewalAt: Date;
}

/** What became of a movement by hand: the transfer that stands for it, or the proposal that waits for a second person. Cents. */
export interface TransactionReceipt {
  transactionId: string | null;
  proposalId: string | null;
  balanceCents: number;
  owedCents: number;
  /** An earlier call booked or proposed it. */
  replayed: boolean;
}

/** Partners' wallets: who may move money, and why. The booking itself is the ledger's. */
@Injectable()
export class WalletsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: Ledger,
    private readonly movements: ManualTransactions,
    private readonly proposals: ApprovalsService,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** Makes the empty wallet of a new organisation, and the account of what it owes. */
  async open(em: EntityManager, organizationId: string): Promise<void> {
    await queryRows(
      em,
      `INSERT INTO ledger_account (id, kind, organization_id, balance_cents, owed_cents, wallet_seq)
       VALUES ('wallet:' || $1, 'wallet', $1, 0, 0, 0), ('owed:' || $1, 'owed', $1, NULL, NULL, NULL)`,
      [organizationId],
    );
  }

  /**
   * Books money that a partner paid in. The same organisation, amount and reference again answers with the first transfer.
   * @throws Conflict when the reference stands for another top-up, ValidationFailed, NotFound
   */
  async topUp(caller: Insider, input: TopUp): Promise<BookedTransaction> {
    assertAllowed(caller, 'topUp');
    const command = validated(TopUp, input);
    return retryOnce(() => this.transactions.run((em) => this.topUpOnce(em, caller, command)));
  }

  /** The top-up inside a transaction of the caller's, for a partner that is made with money in its wallet. */
  topUpOnce(em: EntityManager, caller: Insider, command: TopUp): Promise<BookedTransaction> {
    const { organizationId, amountCents } = command;
    const movement = { kind: 'top_up' as const, organizationId, amountCents, reference: command.reference.trim() };
    return this.movements.book(em, caller, movement);
  }

  /**
   * Corrects a wallet by hand, in either direction; once, where it names a reference. Over the limit it waits for a second person.
   * @throws WalletShort when it would take more than the wallet holds now, Conflict when the reference stands for another adjustment
   */
  async adjust(caller: Insider, input: Adjustment): Promise<TransactionReceipt> {
    assertAllowed(caller, 'adjust');
    const { organizationId, amountCents, reason, reference } = validated(Adjustment, input);
    return this.move(caller, async () => ({
      kind: 'adjustment',
      organizationId,
      amountCents,
      reason: reason.trim(),
      reference: reference?.trim(),
    }));
  }

  /**
   * Books money that went back to a partner, once by the outgoing payment's reference. Over the limit it waits for a second person.
   * @throws WalletShort when the wallet does not hold it or something is owed, Conflict when the reference stands for another payout
   */
  async payOut(caller: Insider, input: Payout): Promise<TransactionReceipt> {
    assertAllowed(caller, 'payout');
    const { organizationId, amountCents, reference, reason } = validated(Payout, input);
    return this.move(caller, async () => ({
      kind: 'payout',
      organizationId,
      amountCents: -amountCents,
      reference: reference.trim(),
      reason: reason?.trim(),
    }));
  }

  /**
   * Takes back a top-up that bounced: what the wallet holds, and the rest is owed. Once; over the limit it waits for a second person.
   * @throws NotFound where the transfer is no top-up of this organisation
   */
  async reverseTopUp(caller: Insider, input: ReverseTopUp): Promise<TransactionReceipt> {
    assertAllowed(caller, 'reverseTopUp');
    const command = validated(ReverseTopUp, input);
    return this.move(caller, (em) => this.findReversal(em, command));
  }

  private async findReversal(
    em: EntityManager,
    { organizationId, transactionId, reason }: ReverseTopUp,
  ): Promise<ManualTransaction> {
    const topUp = await queryRow<{ amountCents: number }>(
      em,
      `SELECT amount_cents AS "amountCents" FROM ledger_transfer WHERE id = $1 AND organization_id = $2 AND kind = 'top_up'`,
      [transactionId, organizationId],
    );
    if (!topUp) throw new NotFound('This top-up');
    const amountCents = -topUp.amountCents;
    return { kind: 'top_up_reversal', organizationId, amountCents, reversesId: transactionId, reason: reason.trim() };
  }

  /** @param asked tells what is to be moved; it may be asked again when a colleague did the same at the same moment */
  private move(caller: Insider, asked: (em: EntityManager) => Promise<ManualTransaction>): Promise<TransactionReceipt> {
    return retryOnce(() =>
      this.transactions.run(async (em) => {
        const movement = await asked(em);
        const waits = Math.abs(movement.amountCents) > this.settings.dualControlCents;
        if (waits && !(await this.movements.findEarlier(em, movement))) return this.propose(em, caller, movement);
        return { proposalId: null, ...(await this.movements.book(em, caller, movement)) };
      }),
    );
  }

  private async propose(em: EntityManager, caller: Insider, movement: ManualTransaction): Promise<TransactionReceipt> {
    const { balanceCents, owedCents } = await this.preview(em, movement.organizationId);
    const takenCents = movement.kind === 'top_up_reversal' ? 0 : -movement.amountCents;
    if (takenCents > 0 && takenCents > balanceCents - owedCents) {
      throw new WalletShort(balanceCents, takenCents + owedCents);
    }
    const { proposalId, replayed } = await this.proposals.propose(em, caller, movement);
    return { transactionId: null, proposalId, balanceCents, owedCents, replayed };
  }

  /** @throws WalletShort when the wallet does not cover the lease's price */
  chargeFirstMonth(em: EntityManager, actor: Actor, lease: ChargedLease): Promise<Booked> {
    return this.ledger.debitWallet(em, firstCharge(actor, lease));
  }

  /**
   * Moves the newest charge of one lease to the lease that takes its place at the same price; where it was given back already, the wallet has to
   * cover the new one.
   * @returns cents that went back
   * @throws WalletShort
   */
  async moveCharge(em: EntityManager, actor: Actor, from: string, to: ChargedLease, reason: string): Promise<number> {
    const charge = await newestCharge(em, from);
    if (!charge) {
      await this.chargeFirstMonth(em, actor, to);
      return 0;
    }
    await this.ledger.moveCharge(em, toRefund(charge, actor, reason), firstCharge(actor, to));
    return charge.amountCents;
  }

  /** Gives the newest charge of a lease back by a reversing transfer; `null` when it was given back already. */
  async refundNewestCharge(em: EntityManager, actor: Actor, leaseId: string, reason: string) {
    const charge = await newestCharge(em, leaseId);
    if (!charge) return null;
    const booked = await this.ledger.creditWallet(em, toRefund(charge, actor, reason));
    return { ...booked, amountCents: charge.amountCents };
  }

  /** @throws NotFound */
  async preview(em: EntityManager, organizationId: string): Promise<WalletPreview> {
    const wallet = await queryRow<Omit<WalletPreview, 'covers'>>(
      em,
      `SELECT wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              coalesce(organization.price_cents, $2::bigint) AS "priceCents"
         FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id
        WHERE wallet.id = 'wallet:' || $1`,
      [organizationId, this.settings.leasePriceCents],
    );
    if (!wallet) throw new NotFound('This wallet');
    return { ...wallet, covers: getCoveredCount(wallet) };
  }

  /** What a wallet holds and what is committed from it every month. @throws NotFound */
  show(organizationId: string): Promise<WalletSummary> {
    return this.transactions.run((em) => this.summary(em, organizationId));
  }

  async summary(em: EntityManager, organizationId: string): Promise<WalletSummary> {
    const look = await this.preview(em, organizationId);
    const commitment = await queryRow<Pick<WalletSummary, 'liveLeases' | 'monthlyCommitmentCents' | 'nextRenewalAt'>>(
      em,
      `SELECT count(*) AS "liveLeases", coalesce(sum(price_cents), 0)::bigint AS "monthlyCommitmentCents",
              min(next_renewal_at) AS "nextRenewalAt"
         FROM lease WHERE organization_id = $1 AND status IN ('active', 'past_due')`,
      [organizationId],
    );
    return { organizationId, currency: 'USD', ...look, ...commitment! };
  }
}

/** How many first months a wallet pays for; none while something is owed. */
export function getCoveredCount(wallet: { balanceCents: number; owedCents: number; priceCents: number }): number {
  return wallet.owedCents > 0 ? 0 : Math.floor(wallet.balanceCents / wallet.priceCents);
}

interface StandingCharge {
  id: string;
  leaseId: string;
  organizationId: string;
  amountCents: number;
}

/** The newest charge of a lease, unless it was given back. */
async function newestCharge(em: EntityManager, leaseId: string): Promise<StandingCharge | null> {
  const charge = await queryRow<StandingCharge & { reversed: boolean }>(
    em,
    `SELECT id, lease_id AS "leaseId", organization_id AS "organizationId", amount_cents AS "amountCents",
            EXISTS (SELECT 1 FROM ledger_transfer reversal WHERE reversal.reverses_id = charge.id) AS reversed
       FROM ledger_transfer charge
      WHERE lease_id = $1 AND kind IN ('lease_charge', 'lease_renewal')
      ORDER BY period_start DESC LIMIT 1`,
    [leaseId],
  );
  return charge?.reversed ? null : charge;
}

function firstCharge(actor: Actor, lease: ChargedLease): Posting {
  return {
    kind: 'lease_charge',
    organizationId: lease.organizationId,
    amountCents: lease.priceCents,
    houseAccount: 'revenue',
    leaseId: lease.id,
    period: { start: lease.billedFrom, end: lease.nextRenewalAt },
    bookedBy: getActorId(actor),
  };
}

function toRefund({ id, leaseId, organizationId, amountCents }: StandingCharge, actor: Actor, reason: string): Posting {
  return {
    kind: 'refund',
    organizationId,
    amountCents,
    houseAccount: 'revenue',
    leaseId,
    reversesId: id,
    reason,
    bookedBy: getActorId(actor),
  };
}

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor, Insider } from '../audit/actor.js';
import { actorId, AuditService } from '../audit/audit.service.js';
import { Conflict, NotFound } from '../common/errors.js';
import { checked } from '../common/validation.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { violates } from '../database/faults.js';
import { oneRow, rows } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { mustBeAllowed } from '../staff/permissions.js';
import { Adjustment, TopUp } from './commands.js';
import { Ledger, type Booked } from './ledger.js';

/** What decides whether a wallet covers an assignment; cents. */
export interface WalletLook {
  balanceCents: number;
  owedCents: number;
  /** The organisation's own monthly price, else the house's. */
  priceCents: number;
  /** How many first months the balance pays for. */
  covers: number;
}

export interface WalletSummary extends WalletLook {
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

/** The transfer that stands for a movement by hand; `replayed` when it was booked by an earlier call with the same reference. */
export interface MovementReceipt {
  transactionId: string;
  balanceCents: number;
  replayed: boolean;
}

/** Money that staff move by hand; cents, signed. */
interface Movement {
  kind: 'top_up' | 'adjustment';
  organizationId: string;
  amountCents: number;
  reference?: string;
  reason?: string;
}

const referenceIndexes = ['ledger_transfer_top_up_reference', 'ledger_transfer_adjustment_reference'];

/** Partners' wallets: who may move money, and why. The booking itself is the ledger's. */
@Injectable()
export class WalletsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly ledger: Ledger,
    private readonly audit: AuditService,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /** Makes the empty wallet of a new organisation, and the account of what it owes. */
  async open(em: EntityManager, organizationId: string): Promise<void> {
    await rows(
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
  async topUp(caller: Insider, input: TopUp): Promise<MovementReceipt> {
    mustBeAllowed(caller, 'topUp');
    const command = checked(TopUp, input);
    return this.onceByReference((em) => this.topUpOnce(em, caller, command));
  }

  /** The top-up inside a transaction of the caller's, for a partner that is made with money in its wallet. */
  topUpOnce(em: EntityManager, caller: Insider, command: TopUp): Promise<MovementReceipt> {
    const { organizationId, amountCents } = command;
    const movement = { kind: 'top_up' as const, organizationId, amountCents, reference: command.reference.trim() };
    return this.move(em, caller, movement);
  }

  /**
   * Corrects a wallet by hand, in either direction; once, where it names a reference.
   * @throws WalletShort when it would take more than the wallet holds, Conflict when the reference stands for another adjustment
   */
  async adjust(caller: Insider, input: Adjustment): Promise<MovementReceipt> {
    mustBeAllowed(caller, 'adjust');
    const { organizationId, amountCents, reason, reference } = checked(Adjustment, input);
    const movement = {
      kind: 'adjustment' as const,
      organizationId,
      amountCents,
      reason: reason.trim(),
      reference: reference?.trim(),
    };
    return this.onceByReference((em) => this.move(em, caller, movement));
  }

  /** A colleague may book the same reference at the same moment: the second look finds it. */
  private async onceByReference(move: (em: EntityManager) => Promise<MovementReceipt>): Promise<MovementReceipt> {
    const book = () => this.transactions.run(move);
    try {
      return await book();
    } catch (error) {
      if (referenceIndexes.some((index) => violates(error, index))) return book();
      throw error;
    }
  }

  private async move(em: EntityManager, caller: Insider, movement: Movement): Promise<MovementReceipt> {
    const earlier = await this.movedEarlier(em, movement);
    if (earlier) return earlier;
    const { kind, organizationId, amountCents, reference, reason } = movement;
    const posting = {
      kind,
      organizationId,
      amountCents: Math.abs(amountCents),
      houseAccount: kind === 'top_up' ? ('funding' as const) : ('adjustments' as const),
      reference,
      reason,
      bookedBy: actorId(caller),
    };
    const booked =
      amountCents < 0 ? await this.ledger.takeFromWallet(em, posting) : await this.ledger.putIntoWallet(em, posting);
    const type = kind === 'top_up' ? 'wallet.topped_up' : 'wallet.adjusted';
    await this.recordMovement(em, caller, type, organizationId, amountCents, booked, { reference, reason });
    return { transactionId: booked.transactionId, balanceCents: booked.balanceAfterCents, replayed: false };
  }

  /** @throws Conflict where the reference stands for another organisation or amount */
  private async movedEarlier(em: EntityManager, movement: Movement): Promise<MovementReceipt | null> {
    const { kind, organizationId, amountCents, reference } = movement;
    if (reference === undefined) return null;
    const earlier = await oneRow<{ id: string; same: boolean; balanceCents: number }>(
      em,
      `SELECT id, wallet_balance_after AS "balanceCents",
              organization_id = $3
                AND CASE WHEN credit_account_id = 'wallet:' || organization_id THEN amount_cents ELSE -amount_cents END = $4 AS same
         FROM ledger_transfer WHERE kind = $1 AND reference = $2`,
      [kind, reference, organizationId, amountCents],
    );
    if (!earlier) return null;
    if (!earlier.same) {
      const what = kind === 'top_up' ? 'top-up' : 'adjustment';
      throw new Conflict('reference_reused', `The reference ${reference} stands for another ${what} already.`);
    }
    return { transactionId: earlier.id, balanceCents: earlier.balanceCents, replayed: true };
  }

  /** @throws WalletShort when the wallet does not cover the lease's price */
  chargeFirstMonth(em: EntityManager, actor: Actor, lease: ChargedLease): Promise<Booked> {
    return this.ledger.takeFromWallet(em, {
      kind: 'lease_charge',
      organizationId: lease.organizationId,
      amountCents: lease.priceCents,
      houseAccount: 'revenue',
      leaseId: lease.id,
      period: { start: lease.billedFrom, end: lease.nextRenewalAt },
      bookedBy: actorId(actor),
    });
  }

  /** Gives the newest charge of a lease back by a reversing transfer; `null` when it was given back already. */
  async refundNewestCharge(em: EntityManager, actor: Actor, leaseId: string, reason: string) {
    const charge = await oneRow<{ id: string; organizationId: string; amountCents: number; reversed: boolean }>(
      em,
      `SELECT id, organization_id AS "organizationId", amount_cents AS "amountCents",
              EXISTS (SELECT 1 FROM ledger_transfer reversal WHERE reversal.reverses_id = charge.id) AS reversed
         FROM ledger_transfer charge
        WHERE lease_id = $1 AND kind IN ('lease_charge', 'lease_renewal')
        ORDER BY period_start DESC LIMIT 1`,
      [leaseId],
    );
    if (!charge || charge.reversed) return null;
    const booked = await this.ledger.putIntoWallet(em, {
      kind: 'refund',
      organizationId: charge.organizationId,
      amountCents: charge.amountCents,
      houseAccount: 'revenue',
      leaseId,
      reversesId: charge.id,
      reason,
      bookedBy: actorId(actor),
    });
    return { ...booked, amountCents: charge.amountCents };
  }

  /** @throws NotFound */
  async lookUp(em: EntityManager, organizationId: string): Promise<WalletLook> {
    const wallet = await oneRow<Omit<WalletLook, 'covers'>>(
      em,
      `SELECT wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              coalesce(organization.price_cents, $2::bigint) AS "priceCents"
         FROM ledger_account wallet JOIN organization ON organization.id = wallet.organization_id
        WHERE wallet.id = 'wallet:' || $1`,
      [organizationId, this.settings.leasePriceCents],
    );
    if (!wallet) throw new NotFound('This wallet');
    return { ...wallet, covers: coversOf(wallet) };
  }

  /** What a wallet holds and what is committed from it every month. @throws NotFound */
  show(organizationId: string): Promise<WalletSummary> {
    return this.transactions.run((em) => this.summary(em, organizationId));
  }

  async summary(em: EntityManager, organizationId: string): Promise<WalletSummary> {
    const look = await this.lookUp(em, organizationId);
    const commitment = await oneRow<Pick<WalletSummary, 'liveLeases' | 'monthlyCommitmentCents' | 'nextRenewalAt'>>(
      em,
      `SELECT count(*) AS "liveLeases", coalesce(sum(price_cents), 0)::bigint AS "monthlyCommitmentCents",
              min(next_renewal_at) AS "nextRenewalAt"
         FROM lease WHERE organization_id = $1 AND status IN ('active', 'past_due')`,
      [organizationId],
    );
    return { organizationId, currency: 'USD', ...look, ...commitment! };
  }

  private recordMovement(
    em: EntityManager,
    caller: Insider,
    type: 'wallet.topped_up' | 'wallet.adjusted',
    organizationId: string,
    changeCents: number,
    booked: Booked,
    why: Record<string, string | undefined>,
  ) {
    return this.audit.record(em, caller, {
      type,
      organizationId,
      objectId: organizationId,
      data: { amountCents: changeCents, transactionId: booked.transactionId },
      internal: {
        ...why,
        before: { balanceCents: booked.balanceAfterCents - changeCents },
        after: { balanceCents: booked.balanceAfterCents },
      },
    });
  }
}

/** How many first months a wallet pays for; none while something is owed. */
export function coversOf(wallet: { balanceCents: number; owedCents: number; priceCents: number }): number {
  return wallet.owedCents > 0 ? 0 : Math.floor(wallet.balanceCents / wallet.priceCents);
}

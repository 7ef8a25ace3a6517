import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, ForbiddenRole, NotFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { isLiveSql } from '../core/live-lease-sql.js';
import { validated } from '../core/validation.js';
import { noSql, queryRow, queryRows, sql } from '../core/sql.js';
import { isReferenceSql } from './wallet-sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ApproveTransaction, DeclineTransaction } from './commands.js';
import { CreditedWallet } from './credited-wallet.js';
import {
  ManualTransactions,
  retryOnce,
  toBookedTransaction,
  type BookedTransaction,
  type Booking,
  type ManualTransaction,
} from './manual-transactions.js';
import { getWalletAfter, type WalletAmounts } from './wallet-after.js';
import { walletIdSql } from './wallet-sql.js';

/** A transaction that waits for the approval of a second person. */
export interface PendingApproval {
  proposalId: string;
  organizationId: string;
  partner: string;
  kind: ManualTransaction['kind'];
  /** Negative where it takes from the wallet. */
  amountCents: number;
  reference: string | null;
  reason: string | null;
  reversesId: string | null;
  proposedBy: string;
  proposedAt: Date;
  /** Proposed by the caller, who therefore may not decide on it. */
  isOwn: boolean;
  wallet: WalletAmounts;
  /** The wallet if it is approved now; `null` where it does not hold what is taken, so that an approval is refused. */
  walletAfter: WalletAmounts | null;
  /** Whether renewals are due, which a credit pays at once. */
  hasRenewalsDue: boolean;
}

type PendingRow = Omit<PendingApproval, 'wallet' | 'walletAfter'> & WalletAmounts;

interface Proposal extends Omit<PendingApproval, 'partner' | 'isOwn' | 'wallet' | 'walletAfter' | 'hasRenewalsDue'> {
  decision: 'approved' | 'declined' | null;
  transactionId: string | null;
}

const proposalColumns = sql`id AS "proposalId", organization_id AS "organizationId", kind, amount_cents AS "amountCents", reference, reason,
  reverses_id AS "reversesId", proposed_by AS "proposedBy", proposed_at AS "proposedAt", decision, transaction_id AS "transactionId"`;

/** Transactions over the limit: one person proposes, another one decides, and only then is anything booked. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly creditedWallet: CreditedWallet,
    private readonly manualTransactions: ManualTransactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores a transaction for approval; an equal one that already waits is the result.
   * @throws Conflict when another transaction with this reference waits
   */
  async propose(
    em: EntityManager,
    caller: Insider,
    transaction: ManualTransaction,
  ): Promise<{ proposalId: string; replayed: boolean }> {
    const { organizationId, kind, amountCents, reference, reason, reversesId } = transaction;
    const equal = await this.findEqual(em, transaction);
    if (equal) return { proposalId: equal.proposalId, replayed: true };
    const proposalId = newId('mov');
    await queryRows(
      em,
      sql`INSERT INTO movement_proposal (id, organization_id, kind, amount_cents, reference, reason, reverses_id, proposed_by, proposed_at)
          VALUES (${proposalId}, ${organizationId}, ${kind}, ${amountCents}, ${reference}, ${reason}, ${reversesId},
                  ${getActorId(caller)}, ${this.clock.now()})`,
    );
    await this.audit.record(em, caller, {
      type: 'wallet.movement_proposed',
      organizationId,
      objectId: proposalId,
      internal: { before: null, after: { kind, amountCents, reference, reason, reversesId } },
    });
    return { proposalId, replayed: false };
  }

  /**
   * Books what a colleague proposed; a repeated approval gets the same answer.
   * @throws ForbiddenRole for its author, NotFound, WalletShort, Conflict when it was declined or its reference now stands for another
   * transaction; it goes on waiting then
   */
  async approve(caller: Insider, input: ApproveTransaction): Promise<BookedTransaction> {
    assertAllowed(caller, 'decideMovement');
    const command = validated(ApproveTransaction, input);
    const { change, wallet } = await retryOnce(() =>
      this.creditedWallet.run((em) => this.approveOnce(em, caller, command)),
    );
    return toBookedTransaction(change, wallet);
  }

  private async approveOnce(em: EntityManager, caller: Insider, command: ApproveTransaction): Promise<Booking> {
    const proposal = await this.lock(em, command);
    assertSecondPerson(caller, proposal);
    if (proposal.decision === 'declined')
      throw new Conflict('not_allowed_now', 'This transaction has already been declined.');
    if (proposal.decision === 'approved') return this.manualTransactions.readBooked(em, proposal.transactionId!);
    const { proposalId, proposedBy } = proposal;
    const booked = await this.manualTransactions.book(em, caller, toTransaction(proposal), {
      proposalId,
      proposedBy,
    });
    await queryRows(
      em,
      sql`UPDATE movement_proposal
               SET decision = 'approved', decided_by = ${getActorId(caller)}, decided_at = ${this.clock.now()},
                   transaction_id = ${booked.transactionId}
             WHERE id = ${proposalId}`,
    );
    return booked;
  }

  /**
   * Declines what a colleague proposed; a repeated decline gets the same answer.
   * @throws ForbiddenRole for its author, Conflict when it was approved, NotFound
   */
  async decline(caller: Insider, input: DeclineTransaction): Promise<{ proposalId: string }> {
    assertAllowed(caller, 'decideMovement');
    const command = validated(DeclineTransaction, input);
    return this.transactions.run(async (em) => {
      const { proposalId } = command;
      const proposal = await this.lock(em, command);
      assertSecondPerson(caller, proposal);
      if (proposal.decision === 'approved')
        throw new Conflict('not_allowed_now', 'This transaction has already been approved.');
      if (proposal.decision === 'declined') return { proposalId };
      const reason = command.reason.trim();
      await queryRows(
        em,
        sql`UPDATE movement_proposal
               SET decision = 'declined', decided_by = ${getActorId(caller)}, decided_at = ${this.clock.now()}, decline_reason = ${reason}
             WHERE id = ${proposalId}`,
      );
      await this.audit.record(em, caller, {
        type: 'wallet.movement_declined',
        organizationId: proposal.organizationId,
        objectId: proposalId,
        internal: { reason, before: { decision: null }, after: { decision: 'declined' } },
      });
      return { proposalId };
    });
  }

  /** Oldest first; of one partner, or of all. */
  async listPending(caller: Insider, organizationId: string | null = null): Promise<PendingApproval[]> {
    const ofPartner = organizationId === null ? noSql : sql`AND movement_proposal.organization_id = ${organizationId}`;
    const found = await queryRows<PendingRow>(
      this.dataSource.manager,
      sql`SELECT movement_proposal.id AS "proposalId", movement_proposal.organization_id AS "organizationId", organization.name AS partner,
              movement_proposal.kind, amount_cents AS "amountCents", reference, reason, reverses_id AS "reversesId",
              coalesce(staff_user.name, proposed_by) AS "proposedBy", proposed_at AS "proposedAt",
              proposed_by = ${getActorId(caller)} AS "isOwn",
              wallet.balance_cents AS "balanceCents", wallet.owed_cents AS "owedCents",
              EXISTS (SELECT FROM lease
                       WHERE lease.organization_id = movement_proposal.organization_id AND ${isLiveSql()}
                         AND next_renewal_at <= ${this.clock.now()}::timestamptz) AS "hasRenewalsDue"
         FROM movement_proposal
         JOIN organization ON organization.id = movement_proposal.organization_id
         JOIN ledger_account wallet ON wallet.id = ${walletIdSql(sql`movement_proposal.organization_id`)}
         LEFT JOIN staff_user ON staff_user.id = proposed_by
        WHERE decision IS NULL ${ofPartner}
        ORDER BY proposed_at, movement_proposal.id LIMIT 200`,
    );
    return found.map(({ balanceCents, owedCents, ...approval }) => {
      const wallet = { balanceCents, owedCents };
      return { ...approval, wallet, walletAfter: getWalletAfter(wallet, approval) };
    });
  }

  private async findEqual(em: EntityManager, transaction: ManualTransaction): Promise<{ proposalId: string } | null> {
    const { kind, organizationId, amountCents, reference, reversesId } = transaction;
    const waiting = await queryRow<{ proposalId: string; same: boolean }>(
      em,
      sql`SELECT id AS "proposalId", organization_id = ${organizationId} AND amount_cents = ${amountCents} AS same
            FROM movement_proposal
           WHERE decision IS NULL AND kind = ${kind} AND (${isReferenceSql(sql`reference`, reference)} OR reverses_id = ${reversesId ?? null})`,
    );
    if (waiting && !waiting.same) {
      throw new Conflict(
        'reference_reused',
        sentence`The reference ${reference} is already used by another transaction awaiting approval.`,
      );
    }
    return waiting;
  }

  private async lock(em: EntityManager, { organizationId, proposalId }: ApproveTransaction): Promise<Proposal> {
    const proposal = await queryRow<Proposal>(
      em,
      sql`SELECT ${proposalColumns} FROM movement_proposal
           WHERE id = ${proposalId} AND organization_id = ${organizationId} FOR NO KEY UPDATE`,
    );
    if (!proposal) throw new NotFound('This proposal');
    return proposal;
  }
}

function assertSecondPerson(caller: Insider, { proposedBy }: Proposal): void {
  if (getActorId(caller) !== proposedBy) return;
  throw new ForbiddenRole('You cannot decide on your own proposal; a second finance person must.');
}

function toTransaction({
  kind,
  organizationId,
  amountCents,
  reference,
  reason,
  reversesId,
}: Proposal): ManualTransaction {
  return {
    kind,
    organizationId,
    amountCents,
    reference: reference ?? undefined,
    reason: reason ?? undefined,
    reversesId: reversesId ?? undefined,
  };
}

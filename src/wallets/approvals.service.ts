import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, ForbiddenRole, NotFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ApproveTransaction, DeclineTransaction } from './commands.js';
import {
  ManualTransactions,
  retryOnce,
  type BookedTransaction,
  type ManualTransaction,
} from './manual-transactions.js';

/** A movement that waits for a second person; `amountCents` is negative where it leaves the partner. */
export interface PendingApproval {
  proposalId: string;
  organizationId: string;
  partner: string;
  kind: ManualTransaction['kind'];
  amountCents: number;
  reference: string | null;
  reason: string | null;
  reversesId: string | null;
  proposedBy: string;
  proposedAt: Date;
  /** Whoever asks is its author, and so does not decide on it. */
  isOwn: boolean;
}

interface Proposal extends Omit<PendingApproval, 'partner' | 'isOwn'> {
  decision: 'approved' | 'declined' | null;
  transactionId: string | null;
}

const proposalColumns = `id AS "proposalId", organization_id AS "organizationId", kind, amount_cents AS "amountCents", reference, reason,
  reverses_id AS "reversesId", proposed_by AS "proposedBy", proposed_at AS "proposedAt", decision, transaction_id AS "transactionId"`;

/** Movements over the limit: one person proposes them, another one decides, and only then is anything booked. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly movements: ManualTransactions,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets a movement wait; the same one that waits already is the answer.
   * @throws Conflict when its reference waits for another movement
   */
  async propose(
    em: EntityManager,
    caller: Insider,
    movement: ManualTransaction,
  ): Promise<{ proposalId: string; replayed: boolean }> {
    const { organizationId, kind, amountCents, reference, reason, reversesId } = movement;
    const waiting = await this.findEqual(em, movement);
    if (waiting) return { proposalId: waiting.proposalId, replayed: true };
    const proposalId = newId('mov');
    await queryRows(
      em,
      `INSERT INTO movement_proposal (id, organization_id, kind, amount_cents, reference, reason, reverses_id, proposed_by, proposed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        proposalId,
        organizationId,
        kind,
        amountCents,
        reference,
        reason,
        reversesId,
        getActorId(caller),
        this.clock.now(),
      ],
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
   * Books what a colleague proposed; approved already is the same answer.
   * @throws ForbiddenRole for its author, WalletShort, Conflict when it was declined or its reference stands for another movement by now, NotFound; it
   * goes on waiting then
   */
  async approve(caller: Insider, input: ApproveTransaction): Promise<BookedTransaction> {
    assertAllowed(caller, 'decideMovement');
    const command = validated(ApproveTransaction, input);
    return retryOnce(() => this.approveOnce(caller, command));
  }

  private approveOnce(caller: Insider, command: ApproveTransaction): Promise<BookedTransaction> {
    return this.transactions.run(async (em) => {
      const proposal = await this.lock(em, command);
      assertSecondPerson(caller, proposal);
      if (proposal.decision === 'declined')
        throw new Conflict('not_allowed_now', 'This movement was declined already.');
      if (proposal.decision === 'approved') return this.movements.bookedAs(em, proposal.transactionId!);
      const { proposalId, proposedBy } = proposal;
      const booked = await this.movements.book(em, caller, toTransaction(proposal), { proposalId, proposedBy });
      await queryRows(
        em,
        `UPDATE movement_proposal SET decision = 'approved', decided_by = $2, decided_at = $3, transaction_id = $4 WHERE id = $1`,
        [proposalId, getActorId(caller), this.clock.now(), booked.transactionId],
      );
      return booked;
    });
  }

  /**
   * Refuses what a colleague proposed; declined already is the same answer.
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
        throw new Conflict('not_allowed_now', 'This movement was approved already.');
      if (proposal.decision === 'declined') return { proposalId };
      const reason = command.reason.trim();
      await queryRows(
        em,
        `UPDATE movement_proposal SET decision = 'declined', decided_by = $2, decided_at = $3, decline_reason = $4 WHERE id = $1`,
        [proposalId, getActorId(caller), this.clock.now(), reason],
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

  /** What waits for a second person, the oldest first: of one partner, or of all. */
  async waiting(caller: Insider, organizationId: string | null = null): Promise<PendingApproval[]> {
    const found = await queryRows<PendingApproval>(
      this.dataSource.manager,
      `SELECT movement_proposal.id AS "proposalId", organization_id AS "organizationId", organization.name AS partner, kind,
              amount_cents AS "amountCents", reference, reason, reverses_id AS "reversesId",
              coalesce(staff_user.name, proposed_by) AS "proposedBy", proposed_at AS "proposedAt", proposed_by = $2 AS "isOwn"
         FROM movement_proposal
         JOIN organization ON organization.id = organization_id
         LEFT JOIN staff_user ON staff_user.id = proposed_by
        WHERE decision IS NULL AND ($1::text IS NULL OR organization_id = $1)
        ORDER BY proposed_at, movement_proposal.id LIMIT 200`,
      [organizationId, getActorId(caller)],
    );
    return found;
  }

  private async findEqual(em: EntityManager, movement: ManualTransaction): Promise<{ proposalId: string } | null> {
    const { kind, organizationId, amountCents, reference, reversesId } = movement;
    const waiting = await queryRow<{ proposalId: string; same: boolean }>(
      em,
      `SELECT id AS "proposalId", organization_id = $4 AND amount_cents = $5 AS same FROM movement_proposal
        WHERE decision IS NULL AND kind = $1 AND (reference = $2 OR reverses_id = $3)`,
      [kind, reference ?? null, reversesId ?? null, organizationId, amountCents],
    );
    if (waiting && !waiting.same) {
      throw new Conflict('reference_reused', `The reference ${reference} waits for another movement already.`);
    }
    return waiting;
  }

  private async lock(em: EntityManager, { organizationId, proposalId }: ApproveTransaction): Promise<Proposal> {
    const proposal = await queryRow<Proposal>(
      em,
      `SELECT ${proposalColumns} FROM movement_proposal WHERE id = $1 AND organization_id = $2 FOR NO KEY UPDATE`,
      [proposalId, organizationId],
    );
    if (!proposal) throw new NotFound('This proposal');
    return proposal;
  }
}

function assertSecondPerson(caller: Insider, { proposedBy }: Proposal): void {
  if (getActorId(caller) !== proposedBy) return;
  throw new ForbiddenRole('Whoever proposed a movement does not decide on it; a second finance person does.');
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

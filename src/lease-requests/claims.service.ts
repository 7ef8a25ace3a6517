import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider, StaffCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { isOpen } from './lease-request-status.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ClaimRequest, RequestRef } from './commands.js';
import { lockRequest, assertOpen, type LockedRequest } from './request-lock.js';

/** How long a claim binds after the last work on the request. */
const CLAIM_DURATION = "interval '15 minutes'";

export interface Claim {
  staffId: string;
  /** In business time, as everything that staff are shown; the claim itself goes by the database's clock. */
  until: Date;
}

/** Who is working on a request. A claim keeps colleagues from each other's feet; it never changes the request's version. */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict `claimed` when a colleague holds it and it is not to be taken over, or it is closed; NotFound */
  async claim(caller: StaffCaller, input: ClaimRequest): Promise<Claim> {
    assertAllowed(caller, 'claim');
    const command = validated(ClaimRequest, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertOpen(request);
      if (!command.takeOver) this.assertNotHeldByOther(caller, request);
      return this.bind(em, caller, request);
    });
  }

  /** Lets go of an own claim. @throws Conflict when a colleague holds it, NotFound */
  async unclaim(caller: StaffCaller, input: RequestRef): Promise<void> {
    assertAllowed(caller, 'claim');
    const command = validated(RequestRef, input);
    await this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      this.assertNotHeldByOther(caller, request);
      await queryRows(em, 'UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE id = $1', [
        request.id,
      ]);
    });
  }

  /**
   * Whoever works on an open request holds it from then on: the claim is made, or an own one renewed. A closed one is held by nobody.
   * @param em holds the request's row
   * @throws Conflict `claimed` when a colleague holds it
   */
  async hold(em: EntityManager, caller: Insider, request: LockedRequest): Promise<void> {
    if (caller.kind !== 'staff' || !isOpen(request.status)) return;
    this.assertNotHeldByOther(caller, request);
    await this.bind(em, caller, request);
  }

  /** A note needs no claim and makes none; on an own one it counts as work. @param em holds the request's row */
  async renew(em: EntityManager, caller: Insider, request: LockedRequest): Promise<void> {
    if (caller.kind === 'staff' && request.claimedBy === caller.staffId) await this.bind(em, caller, request);
  }

  /**
   * Claims for the caller a request that is open.
   * @param em holds the request's row
   * @throws Conflict `claimed`
   */
  async take(em: EntityManager, caller: StaffCaller, request: LockedRequest): Promise<Claim> {
    this.assertNotHeldByOther(caller, request);
    return this.bind(em, caller, request);
  }

  /** Ends every claim of a person who signs out or is disabled. */
  async endAllBy(em: EntityManager, staffId: string): Promise<void> {
    await queryRows(em, 'UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = $1', [
      staffId,
    ]);
  }

  private async bind(em: EntityManager, caller: StaffCaller, request: LockedRequest): Promise<Claim> {
    const claim = await queryRow<Claim>(
      em,
      `UPDATE lease_request SET claimed_by = $2, claimed_until = now() + ${CLAIM_DURATION} WHERE id = $1
       RETURNING claimed_by AS "staffId", claimed_until AS until`,
      [request.id, caller.staffId],
    );
    return { ...claim!, until: this.clock.toBusinessTime(claim!.until) };
  }

  private assertNotHeldByOther(caller: Insider, request: LockedRequest): void {
    if (caller.kind !== 'staff' || request.claimedBy === null || request.claimedBy === caller.staffId) return;
    const until = this.clock.toBusinessTime(request.claimedUntil!).toISOString();
    throw new Conflict(
      'claimed',
      `${request.claimedByName ?? 'A colleague'} holds this request until ${until.slice(11, 16)} UTC; nothing was changed. Take it over, or leave a note.`,
      { claimedBy: request.claimedByName, claimedUntil: until },
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider, StaffCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { noSql, queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { noWokeMark } from './lease-request-sql.js';
import { isOpen } from './lease-request-status.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ClaimRequest, RequestRef } from './commands.js';
import { lockRequest, assertOpen, assertServedByStaff, type LockedRequest } from './request-lock.js';
import { formatUtcClock } from '../core/utc-times.js';

/** How long a claim lasts after the last action on the request. */
const claimDuration = sql`interval '15 minutes'`;

const endsWokeMark = sql`, ${noWokeMark}`;

export interface Claim {
  staffId: string;
  /** Business time, like every time that staff see; the claim itself ends by the database's clock. */
  until: Date;
}

/** Who is working on a request. A claim does not change the request's version. */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict `claimed` when a colleague holds it and `takeOver` is not set, `request_closed`; NotFound */
  async claim(caller: StaffCaller, input: ClaimRequest): Promise<Claim> {
    assertAllowed(caller, 'claim');
    const command = validated(ClaimRequest, input);
    return this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      assertServedByStaff(caller, request);
      assertOpen(request);
      if (!command.takeOver) this.assertNotHeldByOther(caller, request);
      return this.writeClaim(em, caller, request, endsWokeMark);
    });
  }

  /** Ends the caller's claim. @throws Conflict when a colleague holds it, NotFound */
  async unclaim(caller: StaffCaller, input: RequestRef): Promise<void> {
    assertAllowed(caller, 'claim');
    const command = validated(RequestRef, input);
    await this.transactions.run(async (em) => {
      const request = await lockRequest(em, command.leaseRequestId);
      this.assertNotHeldByOther(caller, request);
      await queryRows(
        em,
        sql`UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE id = ${request.id}`,
      );
    });
  }

  /**
   * Claims a request for the staff member who works on it, or renews the claim; does nothing on a closed request.
   * @param request locked by this transaction
   * @throws Conflict `claimed` when a colleague holds it; also for a sandbox's request
   */
  async ensureClaimed(em: EntityManager, caller: Insider, request: LockedRequest): Promise<void> {
    if (this.mustClaim(caller, request)) await queryRows(em, claimSql(caller, request, endsWokeMark));
  }

  /**
   * {@link ensureClaimed} as further assignments of another UPDATE of the request, each after a comma.
   * @throws Conflict as {@link ensureClaimed}
   */
  ensureClaimedSql(caller: Insider, request: LockedRequest): Sql {
    return this.mustClaim(caller, request) ? sql`, ${claimColumnsSql(caller)}` : noSql;
  }

  private mustClaim(caller: Insider, request: LockedRequest): caller is StaffCaller {
    assertServedByStaff(caller, request);
    if (caller.kind !== 'staff' || !isOpen(request.status)) return false;
    this.assertNotHeldByOther(caller, request);
    return true;
  }

  /** Renews the caller's claim, if there is one: a note needs no claim. @param request locked by this transaction */
  async renew(em: EntityManager, caller: Insider, request: LockedRequest): Promise<void> {
    assertServedByStaff(caller, request);
    if (caller.kind === 'staff' && request.claimedBy === caller.staffId) await this.writeClaim(em, caller, request);
  }

  /**
   * Claims a request that its holder has not seen yet.
   * @param request open, locked by this transaction
   * @throws Conflict `claimed`
   */
  async claimLocked(em: EntityManager, caller: StaffCaller, request: LockedRequest): Promise<Claim> {
    this.assertNotHeldByOther(caller, request);
    return this.writeClaim(em, caller, request);
  }

  /** For a staff member who signs out or is disabled. */
  async endAllOf(em: EntityManager, staffId: string): Promise<void> {
    await queryRows(
      em,
      sql`UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = ${staffId}`,
    );
  }

  private async writeClaim(
    em: EntityManager,
    caller: StaffCaller,
    request: LockedRequest,
    also: Sql = noSql,
  ): Promise<Claim> {
    const claim = await queryRow<Claim>(em, claimSql(caller, request, also));
    return { ...claim!, until: this.clock.toBusinessTime(claim!.until) };
  }

  private assertNotHeldByOther(caller: Insider, request: LockedRequest): void {
    if (caller.kind !== 'staff' || request.claimedBy === null || request.claimedBy === caller.staffId) return;
    const until = this.clock.toBusinessTime(request.claimedUntil!);
    throw new Conflict(
      'claimed',
      sentence`${request.claimedByName ?? 'A colleague'} has claimed this request until ${formatUtcClock(until)}; nothing was changed. Take it over, or leave a note.`,
      { claimedBy: request.claimedByName, claimedUntil: until.toISOString() },
    );
  }
}

/** @param also further assignments of the UPDATE, each after a comma */
function claimSql(caller: StaffCaller, request: LockedRequest, also: Sql): Sql {
  return sql`UPDATE lease_request SET ${claimColumnsSql(caller)} ${also}
              WHERE id = ${request.id}
             RETURNING claimed_by AS "staffId", claimed_until AS until`;
}

function claimColumnsSql({ staffId }: StaffCaller): Sql {
  return sql`claimed_by = ${staffId}, claimed_until = now() + ${claimDuration}`;
}

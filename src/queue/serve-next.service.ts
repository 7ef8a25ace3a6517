import { Inject, Injectable } from '@nestjs/common';
import type { StaffCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import type { LeaseRequestId } from '../core/ids.js';
import type { EntityManager } from 'typeorm';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { findTextError, IsListOf, Optional, validated } from '../core/validation.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ClaimsService, type Claim } from '../lease-requests/claims.service.js';
import { isClaimed, isQueuedSql, isUnclaimed } from '../lease-requests/lease-request-sql.js';
import { coversNoneSql, queueTables, hasFitSql } from './queue-conditions.js';
import { urgency } from './urgency.js';
import { lockRequest } from '../lease-requests/request-lock.js';

export class ServeNext {
  /** Requests (our `lreq_…`) that the caller works on in other tabs of the browser: they are not handed out. */
  @Optional()
  @IsListOf(0, 200, (id) => findTextError(id, 1, 100))
  elsewhere?: string[];
}

/** The request (our `lreq_…`) that the caller holds now; `null` where none can be worked on. */
export interface ServedRequest {
  requestId: LeaseRequestId | null;
  claim: Claim | null;
  /** Whether the caller held it before. */
  heldBefore: boolean;
  /** Whether no request is open at all. */
  isQueueEmpty: boolean;
}

/** Hands out what the caller holds, then the most urgent request that can be worked on at once. */
@Injectable()
export class ServeNextService {
  constructor(
    private readonly transactions: Transactions,
    private readonly claims: ClaimsService,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Of the requests that the caller holds the most urgent without a blocker; else claims the most urgent unclaimed one that has no
   * blocker, whose wallet covers one account and for which an account fits. Callers who ask at the same moment get different requests.
   * @throws ForbiddenRole where the caller may not assign; ValidationFailed
   */
  async serveNext(caller: StaffCaller, input: ServeNext = {}): Promise<ServedRequest> {
    assertAllowed(caller, 'assign');
    const { elsewhere = [] } = validated(ServeNext, input);
    return this.transactions.run(async (em) => {
      const held = await findHeld(em, caller.staffId, elsewhere);
      const next = held ?? (await this.findUnclaimed(em, elsewhere));
      if (!next) return { requestId: null, claim: null, heldBefore: false, isQueueEmpty: await isQueueEmpty(em) };
      const request = await lockRequest(em, next.id);
      const claim = await this.claims.claimLocked(em, caller, request);
      return { requestId: next.id, claim, heldBefore: held !== null, isQueueEmpty: false };
    });
  }

  private findUnclaimed(em: EntityManager, elsewhere: string[]): Promise<Found | null> {
    return queryRow(
      em,
      sql`SELECT request.id FROM ${queueTables}
        WHERE ${isQueuedSql()} AND request.blocker IS NULL AND ${isUnclaimed} AND request.id <> ALL (${elsewhere}::text[])
          AND organization.suspended_at IS NULL AND NOT ${coversNoneSql(this.settings.leasePriceCents)} AND ${hasFitSql()}
        ORDER BY ${urgency} LIMIT 1 FOR UPDATE OF request SKIP LOCKED`,
    );
  }
}

interface Found {
  id: LeaseRequestId;
}

function findHeld(em: EntityManager, staffId: string, elsewhere: string[]): Promise<Found | null> {
  return queryRow(
    em,
    sql`SELECT request.id FROM lease_request request
      WHERE ${isQueuedSql()} AND request.blocker IS NULL AND request.claimed_by = ${staffId} AND ${isClaimed}
        AND request.id <> ALL (${elsewhere}::text[])
      ORDER BY ${urgency} LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
}

async function isQueueEmpty(em: EntityManager): Promise<boolean> {
  const open = await queryRow(em, sql`SELECT request.id FROM lease_request request WHERE ${isQueuedSql()} LIMIT 1`);
  return open === null;
}

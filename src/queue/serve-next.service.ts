import { Inject, Injectable } from '@nestjs/common';
import type { StaffCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import type { LeaseRequestId } from '../core/ids.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { validated } from '../core/validation.js';
import { assertAllowed } from '../authorization/permissions.js';
import { ClaimsService, type Claim } from '../lease-requests/claims.service.js';
import { isOpenSql, isUnclaimed } from '../lease-requests/lease-request-sql.js';
import { coversNoneSql, queueTables, hasFitSql } from './queue-conditions.js';
import { urgency } from './urgency.js';
import { lockRequest } from '../lease-requests/request-lock.js';

/** Takes no fields. */
export class ServeNext {}

/** The request (our `lreq_…`) that the caller has claimed; `null` where none can be worked on. */
export interface ServedRequest {
  requestId: LeaseRequestId | null;
  claim: Claim | null;
}

/** Hands out the most urgent request that can be worked on at once. */
@Injectable()
export class ServeNextService {
  constructor(
    private readonly transactions: Transactions,
    private readonly claims: ClaimsService,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * Claims the most urgent unclaimed request that has no blocker, whose wallet covers one account and for which an account fits.
   * Colleagues who ask at the same moment get different requests.
   * @throws ForbiddenRole where the caller may not assign
   */
  async serveNext(caller: StaffCaller, input: ServeNext = {}): Promise<ServedRequest> {
    assertAllowed(caller, 'assign');
    validated(ServeNext, input);
    return this.transactions.run(async (em) => {
      const next = await queryRow<{ id: LeaseRequestId }>(
        em,
        sql`SELECT request.id FROM ${queueTables}
          WHERE ${isOpenSql()} AND request.blocker IS NULL AND ${isUnclaimed}
            AND organization.suspended_at IS NULL AND NOT ${coversNoneSql(this.settings.leasePriceCents)} AND ${hasFitSql()}
          ORDER BY ${urgency} LIMIT 1 FOR UPDATE OF request SKIP LOCKED`,
      );
      if (!next) return { requestId: null, claim: null };
      const request = await lockRequest(em, next.id);
      return { requestId: next.id, claim: await this.claims.claimLocked(em, caller, request) };
    });
  }
}

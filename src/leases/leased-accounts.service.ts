import { Injectable } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { Transactions } from '../core/transactions.js';
import type { Reply } from '../partner-api/reply.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { ReleaseLeasedAccount } from './dto/leased-accounts.js';
import { LeasesService, type LeaseToRelease } from './leases.service.js';

@Injectable()
export class LeasedAccountsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly leases: LeasesService,
  ) {}

  /** Idempotent by Idempotency-Key, else a second release fails. @throws NotFound when the account is not leased to this organization, or no longer */
  release(caller: PartnerCaller, input: ReleaseLeasedAccount): Promise<Reply> {
    const command = { ...input.path, ...input.body };
    const { idempotencyKey } = input;
    const keys = idempotencyKey === null ? [] : [`${caller.organizationId} ${idempotencyKey}`];
    return this.transactions.runShared([command.socialAccountId, ...keys], (em) =>
      this.idempotency.runOnce<[LeaseToRelease]>(
        em,
        caller,
        input,
        200,
        async (locked) => ({ result: await this.leases.releaseLocked(em, caller, command, locked) }),
        [this.leases.lockToReleaseSql(caller, command)],
      ),
    );
  }
}

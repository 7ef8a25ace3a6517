import { Injectable } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { Transactions } from '../core/transactions.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { Reply } from '../partner-api/reply.js';
import { WalletsService } from '../wallets/wallets.service.js';
import type { TopUpSandbox } from './dto/sandbox-top-up.js';
import { sandboxCaller } from './sandbox-caller.js';

/** Refills the play money of a sandbox, for its partner. */
@Injectable()
export class SandboxWallet {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly wallets: WalletsService,
  ) {}

  /** The worker pays what is past due from it. @throws Conflict where the wallet would exceed its maximum */
  topUp(caller: PartnerCaller, input: TopUpSandbox): Promise<Reply> {
    const { organizationId, callId } = caller;
    const { amountCents } = input.body;
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const { transactionId, balanceCents } = await this.wallets.topUpOnce(em, sandboxCaller(callId), {
          organizationId,
          amountCents,
          confirmedCents: amountCents,
          reference: `play money of ${callId}`,
        });
        return { result: { transactionId, amountCents, balanceAfterCents: balanceCents } };
      }),
    );
  }
}

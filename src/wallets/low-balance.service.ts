import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAsSeen, IsSeenValues, type SeenValues } from '../audit/seen-values.js';
import { DomainEvents } from '../core/domain-events.js';
import { NotFound } from '../core/errors.js';
import { MAX_CENTS } from '../core/money.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { validated, IsText, IsWholeNumber, Nullable, Optional } from '../core/validation.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';

export class SetLowBalance {
  @IsText(1, 100)
  organizationId: string;

  /** Below this the wallet is marked as low; left out or `null` for a month of its live leases. */
  @Nullable()
  @IsWholeNumber(1, MAX_CENTS)
  lowBalanceThresholdCents?: number | null;

  /** What the form showed when it was opened; anything else by now is refused. */
  @Optional()
  @IsSeenValues()
  seen?: SeenValues;
}

@Injectable()
export class LowBalanceService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly events: DomainEvents,
    private readonly organizationClock: OrganizationClock,
  ) {}

  /** @throws Conflict when somebody else has changed it, NotFound, ValidationFailed, ForbiddenRole */
  async set(caller: Insider, input: SetLowBalance): Promise<{ thresholdCents: number | null }> {
    assertAllowed(caller, 'setLowBalance');
    const command = validated(SetLowBalance, input);
    const { organizationId, seen, lowBalanceThresholdCents: thresholdCents = null } = command;
    const change = async (em: EntityManager) => {
      const before = await queryRow<{ thresholdCents: number | null }>(
        em,
        sql`SELECT low_balance_threshold_cents AS "thresholdCents" FROM organization WHERE id = ${organizationId} FOR NO KEY UPDATE`,
      );
      if (!before) throw new NotFound('This wallet');
      await assertAsSeen(em, organizationId, seen, { lowBalanceThresholdCents: before.thresholdCents });
      if (before.thresholdCents === thresholdCents) return before;
      await queryRows(
        em,
        sql`UPDATE organization SET low_balance_threshold_cents = ${thresholdCents} WHERE id = ${organizationId}`,
      );
      this.events.publish(em, 'walletChanged', { organizationId });
      await this.audit.record(em, caller, {
        type: 'wallet.low_balance_set',
        organizationId,
        objectId: organizationId,
        internal: {
          before: { lowBalanceThresholdCents: before.thresholdCents },
          after: { lowBalanceThresholdCents: thresholdCents },
        },
      });
      return { thresholdCents };
    };
    return this.organizationClock.run(organizationId, () => this.transactions.run(change));
  }
}

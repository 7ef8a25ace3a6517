import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { assertAllowed } from '../authorization/permissions.js';
import { NotFound, ValidationFailed } from '../core/errors.js';
import { queryRow, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { validated } from '../core/validation.js';
import { ReplayDeliveries, ReplayOneDelivery } from './commands.js';
import type { RangeReceipt, ReplayReceipt } from './dto/deliveries.js';
import { Replays } from './replays.js';

/** Replays by staff and the command line, of any partner's deliveries. */
@Injectable()
export class StaffReplaysService {
  constructor(
    private readonly transactions: Transactions,
    private readonly replays: Replays,
  ) {}

  /** @throws ForbiddenRole, NotFound, Conflict while the endpoint is paused */
  async replayOne(caller: Insider, input: ReplayOneDelivery): Promise<ReplayReceipt> {
    assertAllowed(caller, 'replayWebhooks');
    const { deliveryId } = validated(ReplayOneDelivery, input);
    return this.transactions.run((em) => this.replays.replayOne(em, caller, deliveryId, null));
  }

  /** @throws ForbiddenRole, NotFound, Conflict while the endpoint is paused, or when there is too much */
  async replayRange(caller: Insider, input: ReplayDeliveries): Promise<RangeReceipt> {
    assertAllowed(caller, 'replayWebhooks');
    const { endpointId, ...times } = validated(ReplayDeliveries, input);
    const range = { since: new Date(times.since), until: new Date(times.until) };
    if (range.since > range.until) throw new ValidationFailed([{ path: 'until', message: 'must not be before since' }]);
    return this.transactions.run(async (em) => {
      const organizationId = await readOrganization(em, endpointId);
      return { scheduled: await this.replays.replayRange(em, caller, organizationId, endpointId, range) };
    });
  }
}

/** @throws NotFound */
async function readOrganization(em: EntityManager, endpointId: string): Promise<string> {
  const found = await queryRow<{ organizationId: string }>(
    em,
    sql`SELECT organization_id AS "organizationId" FROM webhook_endpoint WHERE id = ${endpointId}`,
  );
  if (!found) throw new NotFound('This webhook endpoint');
  return found.organizationId;
}

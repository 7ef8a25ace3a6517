import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { queryRow, sql } from '../core/sql.js';
import { readRenewalGroups } from '../forecast/renewal-groups.js';
import { getBalanceDepletedAt } from '../forecast/runway.js';
import { getUpcomingRenewals } from '../forecast/upcoming-renewals.js';
import { WalletsService } from '../wallets/wallets.service.js';
import type { WalletView } from './dto/wallet.js';

/** A wallet as its partner reads it, with the same figures as staff see. */
@Injectable()
export class WalletReader {
  constructor(
    private readonly wallets: WalletsService,
    private readonly clock: Clock,
  ) {}

  async read(em: EntityManager, organizationId: string): Promise<WalletView> {
    const wallet = await this.wallets.summary(em, organizationId);
    const renewals = await readRenewalGroups(em, organizationId);
    const availableCents = wallet.balanceCents - wallet.owedCents;
    return {
      organizationId,
      currency: wallet.currency,
      balanceCents: wallet.balanceCents,
      owedCents: wallet.owedCents,
      monthlyCommitmentCents: wallet.monthlyCommitmentCents,
      coversAssignments: wallet.covers,
      nextRenewalAt: wallet.nextRenewalAt?.toISOString() ?? null,
      runsDryAt: getBalanceDepletedAt(availableCents, renewals)?.toISOString() ?? null,
      shortfallCents: getUpcomingRenewals(renewals, availableCents, this.clock.now(), 'UTC').shortfallCents,
      openRequestsWant: await countWanted(em, organizationId),
    };
  }
}

async function countWanted(em: EntityManager, organizationId: string): Promise<number> {
  const open = await queryRow<{ wanted: number }>(
    em,
    sql`SELECT coalesce(sum(count - assigned_count), 0)::int AS wanted
          FROM lease_request WHERE organization_id = ${organizationId} AND status = 'requested'`,
  );
  return open!.wanted;
}

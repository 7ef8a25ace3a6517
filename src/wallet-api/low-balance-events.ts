import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { queryTogether, sql } from '../core/sql.js';
import { EventRecorder } from '../events/event-recorder.js';
import { isLowSql, lowThresholdSql, walletIdSql } from '../wallets/wallet-sql.js';
import { WalletReader } from './wallet-reader.js';

/** Tells a partner once when its wallet becomes low; again only after it was not (contract: Webhooks; docs/decisions/031). */
@Injectable()
export class LowBalanceEvents implements OnModuleInit {
  constructor(
    private readonly domainEvents: DomainEvents,
    private readonly events: EventRecorder,
    private readonly wallets: WalletReader,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.domainEvents.onBeforeCommit('walletChanged', (em, { organizationId }) => this.compare(em, organizationId));
  }

  private async compare(em: EntityManager, organizationId: string): Promise<void> {
    // Locked first: of two changes at the same moment, the later one compares with what the earlier one left.
    const [, [turned]] = await queryTogether<[object, { isLow: boolean; thresholdCents: number }]>(em, [
      sql`SELECT id FROM ledger_account WHERE id = ${walletIdSql(organizationId)} FOR NO KEY UPDATE`,
      sql`UPDATE ledger_account wallet SET low_since = CASE WHEN wallet.low_since IS NULL THEN ${this.clock.now()}::timestamptz END
            FROM organization
           WHERE wallet.id = ${walletIdSql(organizationId)} AND organization.id = ${organizationId}
             AND (wallet.low_since IS NOT NULL) <> ${isLowSql()}
          RETURNING wallet.low_since IS NOT NULL AS "isLow", (${lowThresholdSql})::bigint AS "thresholdCents"`,
    ]);
    if (!turned?.isLow) return;
    const { thresholdCents } = turned;
    const data = { ...(await this.wallets.read(em, organizationId)), thresholdCents };
    await this.events.record(em, { type: 'wallet.low_balance', organizationId, data });
  }
}

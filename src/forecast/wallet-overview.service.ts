import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { ApprovalsService } from '../wallets/approvals.service.js';
import { StatementService } from '../wallets/statement.service.js';
import { UsualAmounts } from '../wallets/usual-amounts.js';
import { WalletOutlookService } from './wallet-outlook.service.js';

/** The panel's page of one wallet. */
@Injectable()
export class WalletOverviewService {
  constructor(
    private readonly outlook: WalletOutlookService,
    private readonly statement: StatementService,
    private readonly approvals: ApprovalsService,
    private readonly usualAmounts: UsualAmounts,
    private readonly organizationClock: OrganizationClock,
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * @param cursor of the statement's page
   * @throws NotFound; ValidationFailed on a cursor of another list
   */
  async overview(caller: StaffCaller, organizationId: string, cursor?: string) {
    const statement = await this.statement.page(organizationId, cursor);
    const waiting = await this.approvals.listPending(caller, organizationId);
    /** Cents; what is above waits for a second person. Top-ups never wait. */
    const approvalAboveCents = this.settings.dualControlCents;
    /** The largest amount that was moved by hand; ten times of it is unusual. */
    const largestCents = await this.usualAmounts.readLargest(this.dataSource.manager, organizationId);
    const outlook = await this.outlook.outlook(organizationId);
    const sandboxAheadMs = await this.organizationClock.readSandboxAheadMs(organizationId);
    return { outlook, sandboxAheadMs, statement, waiting, approvalAboveCents, largestCents };
  }
}

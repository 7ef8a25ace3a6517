import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountOverviewService } from '../account-pool/account-overview.service.js';
import { AccountPoolService } from '../account-pool/account-pool.service.js';
import { ImportRuns } from '../account-pool/import/import-runs.service.js';
import { TurnaroundService } from '../account-pool/turnaround.service.js';
import { VerticalsService } from '../account-pool/verticals.service.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { ExportLog } from '../audit/export-log.service.js';
import { PartnerOverviewService } from '../dashboard/partner-overview.service.js';
import { WalletOverviewService } from '../forecast/wallet-overview.service.js';
import { DashboardService } from '../dashboard/dashboard.service.js';
import { MonthPageService } from '../accounting/month-page.service.js';
import { MonthCloseService } from '../accounting/month-close.service.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { FulfillmentService } from '../fulfillment/fulfillment.service.js';
import { RequestViewService } from '../fulfillment/request-view.service.js';
import { QueueService } from '../queue/queue.service.js';
import { ReplacementService } from '../fulfillment/replacement.service.js';
import { ReviewService } from '../fulfillment/review.service.js';
import { ServeNextService } from '../queue/serve-next.service.js';
import { LeasesService } from '../leases/leases.service.js';
import { DemoClock } from '../demo-clock/demo-clock.service.js';
import { ApiKeysService } from '../partners/api-keys.service.js';
import { OrganizationsService } from '../partners/organizations.service.js';
import { ProjectsService } from '../partners/projects.service.js';
import { SandboxesService } from '../partners/sandboxes.service.js';
import { RenewalsForecastService } from '../forecast/renewals-forecast.service.js';
import { SearchService } from '../search/search.service.js';
import { OneTimeLinksService } from '../staff/one-time-links.service.js';
import { SecondFactorsService } from '../staff/second-factors.service.js';
import { SignInService } from '../staff/sign-in.service.js';
import { StaffService } from '../staff/staff.service.js';
import { LowBalanceService } from '../wallets/low-balance.service.js';
import { ApprovalsService } from '../wallets/approvals.service.js';
import { StatementService } from '../wallets/statement.service.js';
import { StaffReplaysService } from '../webhooks/staff-replays.service.js';
import { WalletsService } from '../wallets/wallets.service.js';

/** The services that the panel calls. */
@Injectable()
export class PanelServices {
  constructor(
    readonly dataSource: DataSource,
    readonly accountOverview: AccountOverviewService,
    readonly accounts: AccountPoolService,
    readonly apiKeys: ApiKeysService,
    readonly claims: ClaimsService,
    readonly clock: Clock,
    readonly dashboard: DashboardService,
    readonly exportLog: ExportLog,
    readonly fulfillment: FulfillmentService,
    readonly requestView: RequestViewService,
    readonly importRuns: ImportRuns,
    readonly leases: LeasesService,
    readonly links: OneTimeLinksService,
    readonly lowBalance: LowBalanceService,
    readonly demoClock: DemoClock,
    readonly monthClose: MonthCloseService,
    readonly monthPage: MonthPageService,
    readonly organizations: OrganizationsService,
    readonly partnerOverview: PartnerOverviewService,
    readonly projects: ProjectsService,
    readonly approvals: ApprovalsService,
    readonly queue: QueueService,
    readonly renewalsForecast: RenewalsForecastService,
    readonly replacement: ReplacementService,
    readonly review: ReviewService,
    readonly sandboxes: SandboxesService,
    readonly search: SearchService,
    readonly secondFactors: SecondFactorsService,
    @Inject(SETTINGS) readonly settings: ReadySettings,
    readonly serveNext: ServeNextService,
    readonly signIn: SignInService,
    readonly staff: StaffService,
    readonly statement: StatementService,
    readonly turnaround: TurnaroundService,
    readonly verticals: VerticalsService,
    readonly walletOverview: WalletOverviewService,
    readonly wallets: WalletsService,
    readonly webhookReplays: StaffReplaysService,
  ) {}
}

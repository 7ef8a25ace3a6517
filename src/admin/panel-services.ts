import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountPoolService } from '../account-pool/account-pool.service.js';
import { ImportRuns } from '../account-pool/import-runs.js';
import { TurnaroundService } from '../account-pool/turnaround.service.js';
import { VerticalsService } from '../account-pool/verticals.service.js';
import { Clock } from '../common/clock.js';
import { ExportTrail } from '../audit/export-trail.service.js';
import { DashboardService } from '../dashboard/dashboard.service.js';
import { MonthCloseService } from '../books/month-close.service.js';
import { ClaimsService } from '../fulfillment/claims.service.js';
import { FulfillmentService } from '../fulfillment/fulfillment.service.js';
import { FulfilmentViewService } from '../fulfillment/fulfilment-view.service.js';
import { QueueService } from '../fulfillment/queue.service.js';
import { ReplacementService } from '../fulfillment/replacement.service.js';
import { ReviewService } from '../fulfillment/review.service.js';
import { ServeNextService } from '../fulfillment/serve-next.service.js';
import { LeasesService } from '../leases/leases.service.js';
import { MovableClock } from '../movable-clock/movable-clock.service.js';
import { ApiKeysService } from '../partners/api-keys.service.js';
import { OrganizationsService } from '../partners/organizations.service.js';
import { ProjectsService } from '../partners/projects.service.js';
import { RenewalsAheadService } from '../renewals/renewals-ahead.service.js';
import { SearchService } from '../search/search.service.js';
import { OneTimeLinksService } from '../staff/one-time-links.service.js';
import { SecondFactorsService } from '../staff/second-factors.service.js';
import { SignInService } from '../staff/sign-in.service.js';
import { StaffService } from '../staff/staff.service.js';
import { BooksWatch } from '../wallets/books-watch.js';
import { LowBalanceService } from '../wallets/low-balance.service.js';
import { MovementProposals } from '../wallets/movement-proposals.js';
import { StatementService } from '../wallets/statement.service.js';
import { WalletsService } from '../wallets/wallets.service.js';

/** The services that the panel calls. It holds no rule of its own. */
@Injectable()
export class PanelServices {
  constructor(
    readonly dataSource: DataSource,
    readonly accounts: AccountPoolService,
    readonly apiKeys: ApiKeysService,
    readonly books: BooksWatch,
    readonly claims: ClaimsService,
    readonly clock: Clock,
    readonly dashboard: DashboardService,
    readonly exportTrail: ExportTrail,
    readonly fulfilment: FulfillmentService,
    readonly fulfilmentView: FulfilmentViewService,
    readonly importRuns: ImportRuns,
    readonly leases: LeasesService,
    readonly links: OneTimeLinksService,
    readonly lowBalance: LowBalanceService,
    readonly movableClock: MovableClock,
    readonly monthClose: MonthCloseService,
    readonly organizations: OrganizationsService,
    readonly projects: ProjectsService,
    readonly proposals: MovementProposals,
    readonly queue: QueueService,
    readonly renewalsAhead: RenewalsAheadService,
    readonly replacement: ReplacementService,
    readonly review: ReviewService,
    readonly search: SearchService,
    readonly secondFactors: SecondFactorsService,
    readonly serveNext: ServeNextService,
    readonly signIn: SignInService,
    readonly staff: StaffService,
    readonly statement: StatementService,
    readonly turnaround: TurnaroundService,
    readonly verticals: VerticalsService,
    readonly wallets: WalletsService,
  ) {}
}

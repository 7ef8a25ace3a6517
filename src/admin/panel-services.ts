import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountPoolService } from '../account-pool/account-pool.service.js';
import { FulfillmentService } from '../fulfillment/fulfillment.service.js';
import { FulfilmentViewService } from '../fulfillment/fulfilment-view.service.js';
import { QueueService } from '../fulfillment/queue.service.js';
import { ReviewService } from '../fulfillment/review.service.js';
import { LeasesService } from '../leases/leases.service.js';
import { ApiKeysService } from '../partners/api-keys.service.js';
import { OrganizationsService } from '../partners/organizations.service.js';
import { ProjectsService } from '../partners/projects.service.js';
import { SignInService } from '../staff/sign-in.service.js';
import { StaffService } from '../staff/staff.service.js';
import { WalletsService } from '../wallets/wallets.service.js';

/** The services that the panel calls. It holds no rule of its own. */
@Injectable()
export class PanelServices {
  constructor(
    readonly dataSource: DataSource,
    readonly accounts: AccountPoolService,
    readonly apiKeys: ApiKeysService,
    readonly fulfilment: FulfillmentService,
    readonly fulfilmentView: FulfilmentViewService,
    readonly leases: LeasesService,
    readonly organizations: OrganizationsService,
    readonly projects: ProjectsService,
    readonly queue: QueueService,
    readonly review: ReviewService,
    readonly signIn: SignInService,
    readonly staff: StaffService,
    readonly wallets: WalletsService,
  ) {}
}

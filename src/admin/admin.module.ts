import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountPoolModule } from '../account-pool/account-pool.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AccountingModule } from '../accounting/accounting.module.js';
import { DashboardModule } from '../dashboard/dashboard.module.js';
import { FulfillmentModule } from '../fulfillment/fulfillment.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { DemoClockModule } from '../demo-clock/demo-clock.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RequestStateModule } from '../lease-requests/request-state.module.js';
import { ForecastModule } from '../forecast/forecast.module.js';
import { SearchModule } from '../search/search.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { ReplaysModule } from '../webhooks/replays.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { panelEntities } from './resources/entities.js';
import { PanelServices } from './panel-services.js';

/** The staff panel: AdminJS over the services of the features. `mountPanel` mounts it under `/admin`. */
@Module({
  imports: [
    TypeOrmModule.forFeature(panelEntities),
    AccountPoolModule,
    AuditModule,
    AccountingModule,
    DashboardModule,
    ForecastModule,
    FulfillmentModule,
    LeasesModule,
    DemoClockModule,
    PartnersModule,
    QueueModule,
    ReplaysModule,
    RequestStateModule,
    SearchModule,
    StaffModule,
    WalletsModule,
  ],
  providers: [PanelServices],
  exports: [PanelServices],
})
export class AdminModule {}

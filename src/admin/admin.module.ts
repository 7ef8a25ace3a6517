import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountPoolModule } from '../account-pool/account-pool.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { BooksModule } from '../books/books.module.js';
import { DashboardModule } from '../dashboard/dashboard.module.js';
import { FulfillmentModule } from '../fulfillment/fulfillment.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { MovableClockModule } from '../movable-clock/movable-clock.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { RenewalsModule } from '../renewals/renewals.module.js';
import { SearchModule } from '../search/search.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { panelEntities } from './panel-entities.js';
import { PanelServices } from './panel-services.js';

/** The staff panel: AdminJS over the services of the other features. `mountPanel` puts it under `/admin`. */
@Module({
  imports: [
    TypeOrmModule.forFeature(panelEntities),
    AccountPoolModule,
    AuditModule,
    BooksModule,
    DashboardModule,
    FulfillmentModule,
    LeasesModule,
    MovableClockModule,
    PartnersModule,
    RenewalsModule,
    SearchModule,
    StaffModule,
    WalletsModule,
  ],
  providers: [PanelServices],
  exports: [PanelServices],
})
export class AdminModule {}

import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminModule } from './admin/admin.module.js';
import { BooksModule } from './books/books.module.js';
import { HouseModule } from './common/house.module.js';
import type { ReadySettings } from './config/settings.js';
import { dataSourceOptions } from './database/options.js';
import { FulfillmentModule } from './fulfillment/fulfillment.module.js';
import { HealthModule } from './health/health.module.js';
import { LeaseRequestsModule } from './lease-requests/lease-requests.module.js';
import { LeasesModule } from './leases/leases.module.js';
import { MovableClockModule } from './movable-clock/movable-clock.module.js';
import { PartnerWalletModule } from './partner-wallet/partner-wallet.module.js';
import { PartnersModule } from './partners/partners.module.js';
import { RenewalWorkerModule } from './renewals/renewal-worker.module.js';
import { WalletsModule } from './wallets/wallets.module.js';

/** The list of features. */
@Module({})
export class AppModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HouseModule.forSettings(settings),
        TypeOrmModule.forRoot({ ...dataSourceOptions(settings), autoLoadEntities: true, retryAttempts: 0 }),
        ScheduleModule.forRoot({ intervals: settings.workers }),
        AdminModule,
        BooksModule,
        FulfillmentModule,
        HealthModule,
        LeaseRequestsModule,
        LeasesModule,
        MovableClockModule,
        PartnerWalletModule,
        PartnersModule,
        RenewalWorkerModule,
        WalletsModule,
      ],
    };
  }
}

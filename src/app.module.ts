import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminModule } from './admin/admin.module.js';
import { HouseModule } from './common/house.module.js';
import type { ReadySettings } from './config/settings.js';
import { dataSourceOptions } from './database/options.js';
import { FulfillmentModule } from './fulfillment/fulfillment.module.js';
import { HealthModule } from './health/health.module.js';
import { LeaseRequestsModule } from './lease-requests/lease-requests.module.js';
import { LeasesModule } from './leases/leases.module.js';
import { PartnersModule } from './partners/partners.module.js';
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
        ScheduleModule.forRoot(),
        AdminModule,
        FulfillmentModule,
        HealthModule,
        LeaseRequestsModule,
        LeasesModule,
        PartnersModule,
        WalletsModule,
      ],
    };
  }
}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AccountPoolModule } from '../account-pool/account-pool.module.js';
import { Clock } from '../core/clock.js';
import { coreServices } from '../core/core.module.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { dataSourceOptions } from '../database/options.js';
import { Transactions } from '../core/transactions.js';
import { FulfillmentModule } from '../fulfillment/fulfillment.module.js';
import { LeaseRequestsModule } from '../lease-requests/lease-requests.module.js';
import { LeasesModule } from '../leases/leases.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { LowBalanceModule } from '../wallet-api/low-balance.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { SeedClock } from './seed-clock.js';
import { SingleTransaction } from './single-transaction.js';

/** Gives the features the demo's clock and its one transaction. */
@Global()
@Module({})
class DemoCoreModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: DemoCoreModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: Clock, useClass: SeedClock },
        ...coreServices,
        {
          provide: Transactions,
          useFactory: (source: DataSource, clock: Clock) => new SingleTransaction(source, clock),
          inject: [DataSource, Clock],
        },
      ],
      exports: [SETTINGS, Clock, Transactions, ...coreServices],
    };
  }
}

/** The same features as the service's. */
@Module({})
export class DemoModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: DemoModule,
      imports: [
        DemoCoreModule.forSettings(settings),
        TypeOrmModule.forRoot({
          ...dataSourceOptions(settings, 'lease-console demo'),
          poolSize: 2,
          autoLoadEntities: true,
          retryAttempts: 0,
        }),
        AccountPoolModule,
        FulfillmentModule,
        LeaseRequestsModule,
        LeasesModule,
        LowBalanceModule,
        PartnersModule,
        QueueModule,
        StaffModule,
        WalletsModule,
      ],
    };
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountPoolModule } from '../account-pool/account-pool.module.js';
import { AccountingModule } from '../accounting/accounting.module.js';
import { CoreModule } from '../core/core.module.js';
import type { ReadySettings } from '../config/settings.js';
import { dataSourceOptions } from '../database/options.js';
import { DemoClockModule } from '../demo-clock/demo-clock.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { RenewalsModule } from '../renewals/renewals.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { LowBalanceModule } from '../wallet-api/low-balance.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { ReplaysModule } from '../webhooks/replays.module.js';

/** The features of the command line, without the panel and the API. */
@Module({})
export class OperatorModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: OperatorModule,
      imports: [
        CoreModule.forSettings(settings),
        TypeOrmModule.forRoot({
          ...dataSourceOptions(settings, 'lease-console cli'),
          poolSize: 2,
          autoLoadEntities: true,
          retryAttempts: 0,
        }),
        PartnersModule,
        AccountPoolModule,
        // Top-ups and imported accounts unblock requests.
        QueueModule,
        DemoClockModule,
        LowBalanceModule,
        RenewalsModule,
        AccountingModule,
        StaffModule,
        WalletsModule,
        ReplaysModule,
      ],
    };
  }
}

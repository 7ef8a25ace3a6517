import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Transactions } from '../database/transactions.js';
import { Clock } from './clock.js';
import { Announcements } from './house-events.js';

/** What every feature needs: the settings, the clock of business time and the transaction runner. */
@Global()
@Module({})
export class HouseModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: HouseModule,
      providers: [{ provide: SETTINGS, useValue: settings }, Clock, Transactions, Announcements],
      exports: [SETTINGS, Clock, Transactions, Announcements],
    };
  }
}

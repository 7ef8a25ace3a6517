import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Transactions } from './transactions.js';
import { Clock } from './clock.js';
import { ClockSync } from './clock-sync.js';
import { SecretBox } from './secret-box.js';
import { DomainEvents } from './domain-events.js';
import { OrganizationClock } from './organization-clock.js';
import { Pruner } from './pruner.js';
import { SealedColumns } from './sealed-columns.js';

/** Beside a clock and transactions. */
export const coreServices = [DomainEvents, OrganizationClock, Pruner, SealedColumns, SecretBox];
const shared = [Clock, ClockSync, Transactions, ...coreServices];

/** Global: every feature needs these. */
@Global()
@Module({})
export class CoreModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: CoreModule,
      providers: [{ provide: SETTINGS, useValue: settings }, ...shared],
      exports: [SETTINGS, ...shared],
    };
  }
}

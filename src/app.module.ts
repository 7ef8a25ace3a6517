import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminModule } from './admin/admin.module.js';
import { AccountPoolModule } from './account-pool/account-pool.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AccountingModule } from './accounting/accounting.module.js';
import { AuditApiModule } from './audit-api/audit-api.module.js';
import { CallsModule } from './calls/calls.module.js';
import { CoreModule } from './core/core.module.js';
import type { ReadySettings } from './config/settings.js';
import { dataSourceOptions } from './database/options.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { ForecastModule } from './forecast/forecast.module.js';
import { EventsApiModule } from './events/events-api.module.js';
import { EventSequencerModule } from './events/event-sequencer.module.js';
import { FulfillmentModule } from './fulfillment/fulfillment.module.js';
import { HealthModule } from './health/health.module.js';
import { LeaseRequestsModule } from './lease-requests/lease-requests.module.js';
import { LeasesModule } from './leases/leases.module.js';
import { DemoClockModule } from './demo-clock/demo-clock.module.js';
import { WalletApiModule } from './wallet-api/wallet-api.module.js';
import { PartnersModule } from './partners/partners.module.js';
import { QueueModule } from './queue/queue.module.js';
import { RenewalWorkerModule } from './renewals/renewal-worker.module.js';
import { SandboxModule } from './sandbox/sandbox.module.js';
import { SearchModule } from './search/search.module.js';
import { StaffModule } from './staff/staff.module.js';
import { WalletsModule } from './wallets/wallets.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

@Module({})
export class AppModule {
  static forSettings(settings: ReadySettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.forSettings(settings),
        TypeOrmModule.forRoot({ ...dataSourceOptions(settings), autoLoadEntities: true, retryAttempts: 0 }),
        ScheduleModule.forRoot({ intervals: settings.workers }),
        ...(settings.metricsPort === null ? [] : [loadMetrics()]),
        AdminModule,
        AccountPoolModule,
        AccountingModule,
        AuditApiModule,
        CallsModule,
        AlertsModule,
        DashboardModule,
        EventsApiModule,
        EventSequencerModule,
        ForecastModule,
        FulfillmentModule,
        HealthModule,
        LeaseRequestsModule,
        LeasesModule,
        DemoClockModule,
        WalletApiModule,
        PartnersModule,
        QueueModule,
        RenewalWorkerModule,
        SandboxModule,
        SearchModule,
        StaffModule,
        WalletsModule,
        WebhooksModule,
      ],
    };
  }
}

async function loadMetrics(): Promise<DynamicModule> {
  const { MetricsModule } = await import('./metrics/metrics.module.js');
  return { module: MetricsModule };
}
